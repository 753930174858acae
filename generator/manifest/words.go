package manifest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"stillsuit.dev/finding"
)

// Say says in words what does not fit: the problem of an object or a part of one that is
// called name, what is expected instead, and the fix. root is the Go type in which Keys
// start.
func (m Mismatch) Say(root reflect.Type, name string) (problem, detail, fix string) {
	path := Dotted(m.Keys)
	if m.Unknown() {
		return fmt.Sprintf("%s has no field %s", name, path), "", m.instead(root)
	}
	if len(m.Keys) == 0 {
		return fmt.Sprintf("%s is %s", name, m.kinded()), "Kubernetes expects " + m.Want, "write " + m.Want
	}
	if _, text := m.Value.(string); text && m.Want == wantBase64 {
		return fmt.Sprintf("%s of %s is not in base64", path, name), "the values under data are", "write it under stringData, or encode it"
	}
	return fmt.Sprintf("%s of %s is %s", path, name, m.kinded()), "Kubernetes expects " + m.Want + " there", m.mend()
}

// mend is what to type in the place of a value of the wrong type.
func (m Mismatch) mend() string {
	text, is := m.Value.(string)
	field := m.Keys[len(m.Keys)-1]
	switch {
	case m.Want == wantText && m.hidden && scalarOf(m.Value) != "":
		return "write it in quotes"
	case m.Want == wantText && !is && scalarOf(m.Value) != "":
		return fmt.Sprintf("write it in quotes: `%s: \"%s\"`", field, scalarOf(m.Value))
	case m.Want == wantNumber && is:
		if _, err := strconv.ParseInt(text, 10, 64); err == nil {
			return fmt.Sprintf("write it without quotes: `%s: %s`", field, text)
		}
	case m.Want == wantTruth && is:
		switch strings.ToLower(text) {
		case "true", "yes", "on":
			return fmt.Sprintf("write `%s: true`, without quotes", field)
		case "false", "no", "off":
			return fmt.Sprintf("write `%s: false`, without quotes", field)
		}
	}
	return "write " + m.Want
}

// instead is what may have been meant by a field that the type does not have: one of its own
// fields that is spelt nearly so, or the same field where the object has it.
func (m Mismatch) instead(root reflect.Type) string {
	if like := m.Meant(); like != "" {
		return fmt.Sprintf("did you mean `%s`?", like)
	}
	if at := elsewhere(root, m.Keys); at != nil {
		return fmt.Sprintf("move it to `%s`, or remove it", Dotted(at))
	}
	return "remove it"
}

// Meant is the field that a misspelt one was probably meant to be; "" when none is like it.
func (m Mismatch) Meant() string {
	word, known := m.Keys[len(m.Keys)-1], slices.Sorted(maps.Keys(namesOf(m.Owner)))
	if like := finding.Suggest(word, known); like != "" {
		return like
	}
	lower := strings.ToLower(word)
	i := slices.IndexFunc(known, func(name string) bool { // serviceName in place of service, template of jobTemplate
		name = strings.ToLower(name)
		return len(name) >= 5 && strings.HasPrefix(lower, name) || len(lower) >= 5 && strings.HasSuffix(name, lower)
	})
	if i < 0 {
		return ""
	}
	return known[i]
}

// Right is the value of the wrong type as it was probably meant: 3 for "3". false means that
// nothing is known, and the value is left out.
func (m Mismatch) Right() (any, bool) {
	text, is := m.Value.(string)
	switch {
	case m.Want == wantText && scalarOf(m.Value) != "":
		return scalarOf(m.Value), true
	case m.Want == wantNumber && is:
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	case m.Want == wantTruth && is:
		switch strings.ToLower(text) {
		case "true", "yes", "on":
			return true, true
		case "false", "no", "off":
			return false, true
		}
	}
	return nil, false
}

// elsewhere is where an object of a type has the field that keys lead to in vain: below the
// block that it stands in, or else in one around it. Of several the nearest counts.
func elsewhere(root reflect.Type, keys []string) []string {
	name := keys[len(keys)-1]
	for up := len(keys) - 1; up >= 0; up-- {
		block := typeAt(root, keys[:up])
		if block == nil {
			continue
		}
		if below := nearest(block, name); below != nil {
			return append(slices.Clone(keys[:up]), below...)
		}
	}
	return nil
}

// typeAt is the type of what keys lead to; nil where they lead nowhere.
func typeAt(t reflect.Type, keys []string) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if len(keys) == 0 {
		return t
	}
	switch t.Kind() {
	case reflect.Struct:
		if of, known := namesOf(t)[keys[0]]; known {
			return typeAt(of, keys[1:])
		}
	case reflect.Map, reflect.Slice:
		return typeAt(t.Elem(), keys[1:])
	}
	return nil
}

// deepest bounds how far below a block a field is looked for: spec, template, spec,
// containers, 0 and one more.
const deepest = 6

// nearest are the keys from a type down to a field of that name, by which fewest lead there;
// the first one of a list. nil when there is none.
func nearest(t reflect.Type, name string) []string {
	type step struct {
		t    reflect.Type
		keys []string
	}
	seen := map[reflect.Type]bool{}
	for at := []step{{t, nil}}; len(at) > 0; {
		var next []step
		for _, s := range at {
			of := s.t
			for of.Kind() == reflect.Pointer {
				of = of.Elem()
			}
			if of.Kind() == reflect.Slice && of.Elem().Kind() != reflect.Uint8 {
				next = append(next, step{of.Elem(), append(slices.Clone(s.keys), "0")})
				continue
			}
			if of.Kind() != reflect.Struct || formOf(of) != byKind || seen[of] || len(s.keys) >= deepest {
				continue
			}
			seen[of] = true
			fields := namesOf(of)
			if _, has := fields[name]; has {
				return append(slices.Clone(s.keys), name)
			}
			for _, key := range slices.Sorted(maps.Keys(fields)) {
				if key != "status" && key != "metadata" && key != "ephemeralContainers" {
					next = append(next, step{fields[key], append(slices.Clone(s.keys), key)})
				}
			}
		}
		at = next
	}
	return nil
}

// longest is how many characters of a value a sentence repeats: a longer one is no word, and
// may be a secret.
const longest = 11

// kinded names the value with its type, as YAML and CUE have it: the text "3". A value that
// may be a secret is not repeated.
func (m Mismatch) kinded() string {
	switch v := m.Value.(type) {
	case nil:
		return "null"
	case string:
		if m.hidden || utf8.RuneCountInString(v) > longest {
			return "a text"
		}
		return "the text " + strconv.QuoteToASCII(v)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		return "a list"
	case map[string]any:
		return "a block"
	}
	if m.hidden {
		return "a number"
	}
	return "the number " + fmt.Sprint(m.Value)
}

// scalarOf is a number or a truth as it is written.
func scalarOf(value any) string {
	switch v := value.(type) {
	case bool:
		return strconv.FormatBool(v)
	case json.Number, float64, int, int64, uint64:
		return fmt.Sprint(v)
	}
	return ""
}

// Dotted writes keys as kubectl does: spec.containers[0].resources,
// metadata.labels[app.kubernetes.io/name].
func Dotted(keys []string) string {
	var b strings.Builder
	for i, key := range keys {
		_, err := strconv.Atoi(key)
		switch {
		case err == nil || strings.ContainsAny(key, "./[]"):
			b.WriteString("[" + key + "]")
			continue
		case i > 0:
			b.WriteByte('.')
		}
		b.WriteString(key)
	}
	return b.String()
}
