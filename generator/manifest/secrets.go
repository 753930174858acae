package manifest

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// secretName is what fields and environment variables are called that hold a secret.
var secretName = regexp.MustCompile(`(?i)passw|passphrase|secret|token|credential|api_?key|private_?key|pwd|_pass$|^pass$`)

// lastApplied is where kubectl keeps a whole object (kubectl apply).
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// Secrets are the texts in a value, as JSON has it, that may be secrets, for messages to
// hide: the data of Secrets, plain and in base64, the literals of secret generators, what
// Flux substitutes, what kubectl applied last, environment variables, and fields and
// arguments whose names say so.
func Secrets(value any) []string {
	s := secrets{}
	s.walk(value)
	return s.found
}

// Secrets are the values in the object that may be secrets.
func (o *Object) Secrets() []string {
	b, err := json.Marshal(o.Value)
	var value any
	if err == nil {
		err = json.Unmarshal(b, &value)
	}
	if err != nil { // it was made from JSON
		return nil
	}
	return Secrets(value)
}

type secrets struct{ found []string }

func (s *secrets) walk(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			s.walk(item)
		}
	case map[string]any:
		kind, _ := v["kind"].(string)
		for key, below := range v {
			switch {
			case kind == "Secret" && key == "data", key == "stringData", key == "substitute", key == "literals", key == lastApplied:
				s.all(below)
			case key == "env":
				s.env(below)
			case key == "args" || key == "command":
				s.arguments(below)
			case secretName.MatchString(key):
				s.all(below)
			}
			s.walk(below)
		}
	case string:
		s.inline(v)
	}
}

// all are the texts of a value, at any depth.
func (s *secrets) all(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			s.all(item)
		}
	case map[string]any:
		for _, item := range v {
			s.all(item)
		}
	case string:
		s.found = append(s.found, v)
		if decoded, err := base64.StdEncoding.DecodeString(v); err == nil && len(v) > 0 {
			s.found = append(s.found, string(decoded))
		}
		if _, said, literal := strings.Cut(v, "="); literal && said != "" {
			s.found = append(s.found, strings.Trim(said, `"'`))
		}
	}
}

// env are the values of a list of environment variables: long ones, which are no words of
// a message, and those whose names say so.
func (s *secrets) env(value any) {
	list, _ := value.([]any)
	for _, item := range list {
		variable, _ := item.(map[string]any)
		name, _ := variable["name"].(string)
		if said, ok := variable["value"].(string); ok && (len(said) > 11 || secretName.MatchString(name)) {
			s.all(said)
		}
	}
}

// arguments are the values of a command's options whose names say so: --password=VALUE, or
// VALUE behind --password.
func (s *secrets) arguments(value any) {
	list, _ := value.([]any)
	named := false
	for _, item := range list {
		said, _ := item.(string)
		option, argument, joined := strings.Cut(said, "=")
		switch {
		case named && !strings.HasPrefix(said, "-"):
			s.all(said)
		case joined && secretName.MatchString(option):
			s.all(argument)
		}
		named = !joined && strings.HasPrefix(said, "-") && secretName.MatchString(said)
	}
}

// pair is a field in a text that is YAML, JSON or a configuration itself, such as a patch.
var pair = regexp.MustCompile(`([A-Za-z0-9_./-]+)["']?[ \t]*[:=][ \t]*["']?([^"'\s{}\[\]|>,][^"'\n{}]*)`)

// inline are the values in a text with lines that hold an object or a patch of a Secret,
// and those of fields whose names say so.
func (s *secrets) inline(text string) {
	if !strings.ContainsAny(text, "\n{") {
		return
	}
	secret := strings.Contains(text, "Secret") || strings.Contains(text, "stringData") || strings.Contains(text, "/data")
	for _, found := range pair.FindAllStringSubmatch(text, -1) {
		name, said := found[1], strings.TrimSpace(found[2])
		plain := name == "kind" || name == "apiVersion" || name == "name" || name == "namespace" || name == "op" || name == "path"
		if secret && !plain || secretName.MatchString(name) {
			s.all(said)
		}
	}
}

// Sensitive reports whether what keys lead to in an object may be a secret: in a Secret, in a
// field whose name says so, or in an environment variable of such a name.
func Sensitive(object map[string]any, keys []string) bool {
	if kind, _ := object["kind"].(string); kind == "Secret" && len(keys) > 0 && (keys[0] == "data" || keys[0] == "stringData") {
		return true
	}
	value := any(object)
	for i, key := range keys {
		if secretName.MatchString(key) {
			return true
		}
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n < 0 || n >= len(v) {
				return false
			}
			value = v[n]
		}
		variable, _ := value.(map[string]any)
		if name, _ := variable["name"].(string); i > 0 && keys[i-1] == "env" && secretName.MatchString(name) {
			return true
		}
	}
	return false
}
