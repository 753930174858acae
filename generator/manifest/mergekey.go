package manifest

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// MergeKey is the field that tells the items of a list apart when a strategic merge patch is
// laid over it: name, of the list that keys lead to from a Go type. It is "" for a list that
// a patch replaces, and for anything else.
func MergeKey(t reflect.Type, keys []string) string {
	if t == nil {
		return ""
	}
	key := ""
	for _, name := range keys {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		key = ""
		switch t.Kind() {
		case reflect.Struct:
			fields := fieldsOf(t)
			i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
			if i < 0 {
				return ""
			}
			f := t.FieldByIndex(fields[i].index)
			if slices.Contains(strings.Split(f.Tag.Get("patchStrategy"), ","), "merge") {
				key = f.Tag.Get("patchMergeKey")
			}
			t = f.Type
		case reflect.Slice, reflect.Map:
			t = t.Elem()
		default:
			return ""
		}
	}
	return key
}

// InPatch are the keys in a strategic merge patch of what keys lead to in the object that it
// was laid over, whose items stand elsewhere in their lists. They end where the patch says
// nothing more.
func InPatch(t reflect.Type, object, patch any, keys []string) []string {
	var out []string
	for i, key := range keys {
		switch over := patch.(type) {
		case map[string]any:
			below, said := over[key]
			if !said {
				return out
			}
			patch, object = below, item(object, key)
		case []any:
			object = item(object, key)
			if by := MergeKey(t, keys[:i]); by != "" {
				own, _ := object.(map[string]any)
				n := slices.IndexFunc(over, func(one any) bool {
					fields, _ := one.(map[string]any)
					return fields[by] != nil && own[by] != nil && sameKey(fields[by], own[by])
				})
				key = strconv.Itoa(n)
			}
			if patch = item(over, key); patch == nil {
				return out
			}
		default:
			return out
		}
		out = append(out, key)
	}
	return out
}

// sameKey compares two values that tell items apart: texts and whole numbers.
func sameKey(a, b any) bool {
	return a == b || numeric(a) && numeric(b) && scalarOf(a) == scalarOf(b)
}
