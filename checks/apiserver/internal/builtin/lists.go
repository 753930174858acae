package builtin

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/generator/manifest"
)

// lists finds items that server-side apply takes for the same one: it reads some lists as
// maps and sets (structured-merge-diff, typed, visitListItems). Which ones is in table.go.
type lists struct {
	table map[string][]string
	known map[reflect.Type]map[string]list // by struct type and field
}

// list is one that is read as a map or a set.
type list struct {
	by       []string // the fields that tell items apart; none for a set
	defaults []string // of these fields, where they are not said
}

// duplicate is an item of a list that has the key of an earlier one.
type duplicate struct {
	keys  []string // to the list
	first int      // of the earlier item
	again int      // of the later one
	by    []string // the fields that tell items apart; none for a set
}

func associative() *lists {
	return &lists{table: listsOf(table), known: map[reflect.Type]map[string]list{}}
}

// listsOf reads a table: the lists by the type that has them.
func listsOf(table string) map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(strings.TrimPrefix(table, "\n")) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), ", ")
		out[fields[0]] = fields[1:]
	}
	return out
}

// of are the lists among the fields of a struct type.
func (l *lists) of(t reflect.Type) map[string]list {
	known, said := l.known[t]
	if said {
		return known
	}
	for _, keys := range l.table[schemaName(t)] {
		name, by, _ := strings.Cut(keys, ":")
		var one list
		for _, key := range strings.Fields(by) {
			key, otherwise, _ := strings.Cut(key, "=")
			one.by, one.defaults = append(one.by, key), append(one.defaults, otherwise)
		}
		if known == nil {
			known = map[string]list{}
		}
		known[name] = one
	}
	l.known[t] = known
	return known
}

// schemaName is what OpenAPI calls a Go type of Kubernetes: io.k8s.api.core.v1.Container.
func schemaName(t reflect.Type) string {
	host, rest, _ := strings.Cut(t.PkgPath(), "/")
	names := strings.Split(host, ".")
	slices.Reverse(names)
	return strings.Join(names, ".") + "." + strings.ReplaceAll(rest, "/", ".") + "." + t.Name()
}

// duplicates are those in an object of a Go type.
func (l *lists) duplicates(t reflect.Type, object map[string]any) []duplicate {
	w := walk{lists: l}
	w.value(t, object)
	return w.found
}

type walk struct {
	*lists
	keys  []string
	found []duplicate
}

func (w *walk) value(t reflect.Type, value any) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch v := value.(type) {
	case map[string]any:
		if t.Kind() == reflect.Struct {
			w.block(t, v)
		}
	case []any:
		if t.Kind() != reflect.Slice || !holds(t.Elem()) {
			return
		}
		for i, item := range v {
			w.keys = append(w.keys, strconv.Itoa(i))
			w.value(t.Elem(), item)
			w.keys = w.keys[:len(w.keys)-1]
		}
	}
}

// holds reports whether there can be lists in a value of a type.
func holds(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

func (w *walk) block(t reflect.Type, object map[string]any) {
	var names []string
	for name, value := range object {
		switch value.(type) {
		case map[string]any, []any:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	lists := w.of(t)
	for _, name := range names {
		of := manifest.FieldType(t, name)
		if of == nil {
			continue
		}
		w.keys = append(w.keys, name)
		if l, is := lists[name]; is {
			items, _ := object[name].([]any)
			w.compare(l, items)
		}
		w.value(of, object[name])
		w.keys = w.keys[:len(w.keys)-1]
	}
}

// compare notes the items of a list that have the key of an earlier one.
func (w *walk) compare(l list, items []any) {
	if len(items) < 2 {
		return
	}
	seen := make(map[string]int, len(items))
	for i, item := range items {
		id, has := l.identity(item)
		if !has {
			continue
		}
		if first, twice := seen[id]; twice {
			w.found = append(w.found, duplicate{slices.Clone(w.keys), first, i, l.by})
			continue
		}
		seen[id] = i
	}
}

// identity tells an item of a list apart; false where it has none of the fields for that,
// which is another mistake. A field that is not said counts with its default.
func (l list) identity(item any) (string, bool) {
	if len(l.by) == 0 {
		return fmt.Sprint(item), true
	}
	fields, is := item.(map[string]any)
	if !is {
		return "", false
	}
	if len(l.by) == 1 {
		value := fields[l.by[0]]
		text, is := value.(string)
		if !is && value != nil {
			text = fmt.Sprint(value)
		}
		return text, value != nil
	}
	var id strings.Builder
	some := false
	for i, key := range l.by {
		value, said := fields[key]
		if !said {
			value = l.defaults[i]
		}
		some = some || said
		fmt.Fprintf(&id, "%v\x00", value)
	}
	return id.String(), some
}
