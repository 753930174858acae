package secrets

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// name is that of a Secret.
type name struct{ namespace, name string }

func (n name) String() string {
	if n.namespace == "" {
		return n.name
	}
	return n.namespace + "/" + n.name
}

// object is an object as JSON has it.
type object struct {
	*manifest.Object
	fields map[string]any
}

// objectsOf are those of the subject. One that cannot be read has no fields: who made the
// subject has reported it.
func objectsOf(s *inventory.Subject) []object {
	out := make([]object, 0, len(s.Objects))
	for _, o := range s.Objects {
		it := object{Object: o}
		switch v := o.Value.(type) {
		case map[string]any:
			it.fields = v
		case nil:
			_ = yaml.Unmarshal(o.Verbatim, &it.fields) // a SOPS file, which resolve has read
		default:
			if b, err := json.Marshal(v); err == nil {
				_ = json.Unmarshal(b, &it.fields) // it was made from a Go type
			}
		}
		out = append(out, it)
	}
	return out
}

// at are the values at a path: keys with dots between them, * for each item of a list or
// each value of a map.
func (o object) at(path string) []any {
	values := []any{any(o.fields)}
	for _, key := range strings.Split(path, ".") {
		var below []any
		for _, v := range values {
			switch v := v.(type) {
			case map[string]any:
				if key == "*" {
					for _, k := range slices.Sorted(maps.Keys(v)) {
						below = append(below, v[k])
					}
				} else if found, ok := v[key]; ok {
					below = append(below, found)
				}
			case []any:
				if key == "*" {
					below = append(below, v...)
				}
			}
		}
		values = below
	}
	return values
}

// expand writes a pattern with the object's values: {name} is its name, {spec.secretName}
// the texts at that path, and {a|b} those at b where a has none. A part without a value makes
// nothing.
func (o object) expand(pattern string) []string {
	out := []string{""}
	for pattern != "" {
		plain, rest, found := strings.Cut(pattern, "{")
		for i := range out {
			out[i] += plain
		}
		if !found {
			break
		}
		paths, after, _ := strings.Cut(rest, "}")
		pattern = after
		var longer []string
		for _, text := range o.texts(paths) {
			for _, before := range out {
				longer = append(longer, before+text)
			}
		}
		out = longer
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

func (o object) texts(paths string) []string {
	for _, path := range strings.Split(paths, "|") {
		if path == "name" {
			return []string{o.Name}
		}
		var out []string
		for _, v := range o.at(path) {
			if text, ok := v.(string); ok && text != "" {
				out = append(out, text)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// mentions reports whether a value of the object, at any depth, is the text.
func mentions(value any, text string) bool {
	switch v := value.(type) {
	case string:
		return v == text
	case []any:
		return slices.ContainsFunc(v, func(item any) bool { return mentions(item, text) })
	case map[string]any:
		for _, item := range v {
			if mentions(item, text) {
				return true
			}
		}
	}
	return false
}
