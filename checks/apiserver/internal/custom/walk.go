package custom

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
)

// step is the schema below a key or an index, nil when the schema says nothing of it.
func step(s *schema.Structural, value any, key string) *schema.Structural {
	if s == nil {
		return nil
	}
	if _, list := value.([]any); list {
		return s.Items
	}
	if prop, ok := s.Properties[key]; ok {
		return &prop
	}
	if s.AdditionalProperties != nil {
		return s.AdditionalProperties.Structural
	}
	return nil
}

// below is the value below a key or an index, and whether it is there.
func below(value any, key string) (any, bool) {
	switch v := value.(type) {
	case map[string]any:
		got, ok := v[key]
		return got, ok
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) {
			return v[i], true
		}
	}
	return nil, false
}

// at is the value at the keys, with its schema; false when there is none.
func at(s *schema.Structural, value any, keys []string) (any, *schema.Structural, bool) {
	there := true
	for _, key := range keys {
		s = step(s, value, key)
		if value, there = below(value, key); !there {
			value = nil
		}
	}
	return value, s, there
}

// keysOf are the keys that a path of the API server leads by: spec.rules[0].backendRefs,
// where a key of a map may stand in brackets or hold dots itself. What the object does not
// have holds none.
func keysOf(object any, path string) []string {
	path = strings.TrimPrefix(path, ".")
	if path == "" {
		return nil
	}
	switch v := object.(type) {
	case map[string]any:
		// The longest key wins: of a and a.b, a.b stands for itself.
		names := slices.SortedFunc(maps.Keys(v), func(a, b string) int { return len(b) - len(a) })
		for _, name := range names {
			if rest, ok := strings.CutPrefix(path, "["+name+"]"); ok {
				return append([]string{name}, keysOf(v[name], rest)...)
			}
			if rest, ok := strings.CutPrefix(path, name); ok && (rest == "" || rest[0] == '.' || rest[0] == '[') {
				return append([]string{name}, keysOf(v[name], rest)...)
			}
		}
	case []any:
		index, rest, ok := strings.Cut(strings.TrimPrefix(path, "["), "]")
		if i, err := strconv.Atoi(index); ok && err == nil && i >= 0 && i < len(v) {
			return append([]string{index}, keysOf(v[i], rest)...)
		}
	}
	if strings.HasPrefix(path, "[") {
		return []string{strings.Trim(path, "[]")}
	}
	return strings.Split(path, ".")
}

// unfilled reports whether a value, or anything in it, is the place of one that is not known
// here: of Flux's substitution, or of SOPS.
func unfilled(value any) bool {
	switch v := value.(type) {
	case string:
		return strings.Contains(v, "${") || strings.HasPrefix(v, "ENC[")
	case map[string]any:
		for key, below := range v {
			if strings.Contains(key, "${") || unfilled(below) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, unfilled)
	}
	return false
}
