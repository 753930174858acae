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

// list is one that is read as a map or a set, by the fields that tell items apart; none for a
// set.
type list []key

// key is one of these fields.
type key struct {
	name string
	// otherwise is its value where it is not said, if defaults says that there is one.
	otherwise string
	defaults  bool
}

// names are those of the fields.
func (l list) names() []string {
	var out []string
	for _, k := range l {
		out = append(out, k.name)
	}
	return out
}

// duplicate is an item of a list that has the key of an earlier one.
type duplicate struct {
	keys  []string // to the list
	first int      // of the earlier item
	again int      // of the later one
	by    []string // the fields that tell items apart; none for a set
	said  bool     // one of these fields is said in the item
}

// stray is an item of a list that has no key: it is null, or says none of the fields.
type stray struct {
	keys []string // to the item
	by   []string // the fields that tell items apart; none for a set
	null bool
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
		for _, field := range strings.Fields(by) {
			field, otherwise, defaults := strings.Cut(field, "=")
			one = append(one, key{field, otherwise, defaults})
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

// compare finds what server-side apply does not take in the lists of an object of a Go type.
func (l *lists) compare(t reflect.Type, object map[string]any) ([]duplicate, []stray) {
	w := walk{lists: l}
	w.value(t, object)
	return w.found, w.strays
}

type walk struct {
	*lists
	keys   []string
	found  []duplicate
	strays []stray
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

// compare notes the items of a list that have the key of an earlier one, or none.
func (w *walk) compare(l list, items []any) {
	seen := make(map[string]int, len(items))
	for i, item := range items {
		if item == nil {
			w.stray(l, i, true)
			continue
		}
		fields, is := item.(map[string]any)
		if is != (len(l) > 0) { // of the wrong type, which is another mistake
			continue
		}
		id, said := fmt.Sprint(item), true
		if len(l) > 0 {
			if id, said = l.identity(fields); id == "" {
				w.stray(l, i, false)
				continue
			}
		}
		if first, twice := seen[id]; twice {
			w.found = append(w.found, duplicate{slices.Clone(w.keys), first, i, l.names(), said})
			continue
		}
		seen[id] = i
	}
}

func (w *walk) stray(l list, item int, null bool) {
	w.strays = append(w.strays, stray{append(slices.Clone(w.keys), strconv.Itoa(item)), l.names(), null})
}

// identity tells an item of a map apart, and whether the item says one of the fields for that.
// A field that is not said counts with its default, or not at all.
func (l list) identity(fields map[string]any) (id string, said bool) {
	var b strings.Builder
	for _, k := range l {
		value, has := fields[k.name]
		said = said || value != nil
		switch {
		case has:
			fmt.Fprintf(&b, "%s=%v\x00", k.name, value)
		case k.defaults:
			fmt.Fprintf(&b, "%s=%s\x00", k.name, k.otherwise)
		}
	}
	return b.String(), said
}
