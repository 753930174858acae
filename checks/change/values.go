package change

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// at is the value below keys, nil where there is none.
func at(o map[string]any, keys ...string) any {
	var v any = o
	for _, key := range keys {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// same compares two values of a field. One that nobody wrote is what the API server
// fills in, and stays as it is when neither side writes it.
func same(x, y, filled any) bool {
	if x == nil && y == nil {
		return true
	}
	if x == nil {
		x = filled
	}
	if y == nil {
		y = filled
	}
	return reflect.DeepEqual(x, y)
}

// either are the keys of two blocks, sorted, each once.
func either(x, y any) []string {
	a, _ := x.(map[string]any)
	b, _ := y.(map[string]any)
	return slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b)))))
}

// list are the blocks of a list.
func list(v any) []map[string]any {
	var out []map[string]any
	items, _ := v.([]any)
	for _, item := range items {
		if m, is := item.(map[string]any); is {
			out = append(out, m)
		}
	}
	return out
}

// words writes a value into a sentence: "is sata", "is another" for one that is no word.
func words(v any) string {
	switch v := v.(type) {
	case nil:
		return "is not there"
	case string, bool, float64, int64:
		return fmt.Sprintf("is %v", v)
	}
	return "is another"
}

func dotted(keys []string) string { return strings.Join(keys, ".") }

// before says how a value was, where a sentence can.
func before(was any) string {
	if words(was) == words([]any{}) {
		return ""
	}
	return "it " + words(was)
}
