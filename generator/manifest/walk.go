package manifest

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Walk calls visit for a value as JSON decodes it, and for everything in it, with the
// Go type that it is to be decoded into and the keys that lead to it, which visit must
// not keep; they start with those given. What a type decodes itself is visited, and not what is in it; neither are
// fields that a type does not have, or values that do not fit.
func Walk(t reflect.Type, value any, keys []string, visit func(t reflect.Type, value any, keys []string)) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if value == nil {
		return
	}
	visit(t, value, keys)
	if formOf(t) != byKind {
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		object, _ := value.(map[string]any)
		if len(object) == 0 {
			return
		}
		for _, f := range fieldsOf(t) {
			if below, said := object[f.name]; said {
				Walk(t.FieldByIndex(f.index).Type, below, append(keys, f.name), visit)
			}
		}
	case reflect.Map:
		object, _ := value.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(object)) {
			Walk(t.Elem(), object[key], append(keys, key), visit)
		}
	case reflect.Slice:
		list, _ := value.([]any)
		for i := range list {
			Walk(t.Elem(), list[i], append(keys, strconv.Itoa(i)), visit)
		}
	}
}

// At is what keys lead to in a value as JSON decodes it; nil when there is nothing.
func At(value any, keys []string) any {
	for _, key := range keys {
		value = item(value, key)
	}
	return value
}

// item is what one key leads to; nil when there is nothing.
func item(value any, key string) any {
	switch v := value.(type) {
	case map[string]any:
		return v[key]
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}

// With is a value as JSON decodes it with another one at the keys, which lead to one
// that is there. Nothing that both hold is changed.
func With(value any, keys []string, other any) any {
	if len(keys) == 0 {
		return other
	}
	switch v := value.(type) {
	case map[string]any:
		out := maps.Clone(v)
		out[keys[0]] = With(v[keys[0]], keys[1:], other)
		return out
	case []any:
		out := slices.Clone(v)
		if i, err := strconv.Atoi(keys[0]); err == nil && i < len(out) {
			out[i] = With(v[i], keys[1:], other)
		}
		return out
	}
	return value
}

// PodTemplates are the keys under which kinds that have no Go type here hold the template
// of their pods, if they make any.
func PodTemplates() [][]string {
	return [][]string{{"spec", "template"}, {"spec", "jobTemplate", "spec", "template"}}
}

// Without is a value as JSON decodes it without what the keys lead to, an item of a list
// being null then, so that those behind it stay where they are. Nothing that both hold is
// changed.
func Without(value any, keys []string) any {
	last := len(keys) - 1
	if last < 0 {
		return nil
	}
	block, is := At(value, keys[:last]).(map[string]any)
	if !is {
		return With(value, keys, nil)
	}
	block = maps.Clone(block)
	delete(block, keys[last])
	return With(value, keys[:last], block)
}

// Unfilled reports whether a text is the place of a value that is not known here: of
// Flux's substitution, of a template, or of SOPS.
func Unfilled(text string) bool {
	return strings.Contains(text, "${") || strings.Contains(text, "{{") || strings.HasPrefix(text, "ENC[")
}
