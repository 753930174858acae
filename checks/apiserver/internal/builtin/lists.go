package builtin

import (
	"fmt"
	"sort"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	smd "sigs.k8s.io/structured-merge-diff/v6/schema"
)

// lists knows the lists that server-side apply reads as maps and sets. It is the schema by
// which the API server reads an applied object (k8s.io/client-go, applyconfigurations).
type lists struct {
	schema *smd.Schema
	roots  map[schema.GroupVersionKind]*smd.TypeRef
	// holds says of a type, by name, whether there is such a list below it.
	holds map[string]bool
}

// duplicate is an item of a list that has the key of an earlier one.
type duplicate struct {
	keys  []string // to the list
	first int      // of the earlier item
	again int      // of the later one
	by    []string // the fields that tell items apart; none for a set
}

func associative() *lists {
	l := &lists{roots: map[schema.GroupVersionKind]*smd.TypeRef{}, holds: map[string]bool{}}
	return l
}

// root is the type of a kind; nil when the schema does not have it.
func (l *lists) root(gvk schema.GroupVersionKind) *smd.TypeRef {
	if known, said := l.roots[gvk]; said {
		return known
	}
	l.roots[gvk] = nil
	empty, err := legacyscheme.Scheme.New(gvk)
	if err != nil {
		return nil
	}
	empty.GetObjectKind().SetGroupVersionKind(gvk)
	typed, err := applyconfigurations.NewTypeConverter(legacyscheme.Scheme).ObjectToTyped(empty)
	if err != nil {
		return nil
	}
	if l.schema == nil {
		l.schema = typed.Schema()
	}
	of := typed.TypeRef()
	l.roots[gvk] = &of
	return &of
}

// duplicates are those in an object of a kind.
func (l *lists) duplicates(gvk schema.GroupVersionKind, object map[string]any) []duplicate {
	root := l.root(gvk)
	if root == nil || object == nil {
		return nil
	}
	w := walk{lists: l}
	w.value(*root, object)
	return w.found
}

type walk struct {
	*lists
	keys  []string
	found []duplicate
}

func (w *walk) value(ref smd.TypeRef, value any) {
	switch value.(type) {
	case map[string]any, []any:
	default:
		return
	}
	atom, known := w.schema.Resolve(ref)
	if !known {
		return
	}
	switch v := value.(type) {
	case map[string]any:
		if atom.Map == nil || atom.Map.ElementRelationship == smd.Atomic {
			return
		}
		w.mapping(atom.Map, v)
	case []any:
		if atom.List == nil || atom.List.ElementRelationship == smd.Atomic {
			return
		}
		w.list(atom.List, v)
	}
}

func (w *walk) mapping(m *smd.Map, object map[string]any) {
	names := make([]string, 0, len(object))
	for name, value := range object {
		switch value.(type) {
		case map[string]any, []any:
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		of := m.ElementType
		if f, known := m.FindField(name); known {
			of = f.Type
		}
		w.keys = append(w.keys, name)
		w.value(of, object[name])
		w.keys = w.keys[:len(w.keys)-1]
	}
}

func (w *walk) list(l *smd.List, items []any) {
	if l.ElementRelationship == smd.Associative {
		seen := make(map[string]int, len(items))
		for i, item := range items {
			id, has := w.identity(l, item)
			if !has {
				continue
			}
			if first, twice := seen[id]; twice {
				w.found = append(w.found, duplicate{append([]string(nil), w.keys...), first, i, l.Keys})
				continue
			}
			seen[id] = i
		}
	}
	for i, item := range items {
		w.keys = append(w.keys, strconv.Itoa(i))
		w.value(l.ElementType, item)
		w.keys = w.keys[:len(w.keys)-1]
	}
}

// identity tells an item of a list apart; false where it has none of the fields for that,
// which is another mistake. A field that is not said counts with its default.
func (w *walk) identity(l *smd.List, item any) (string, bool) {
	if len(l.Keys) == 0 {
		return fmt.Sprint(item), true
	}
	fields, is := item.(map[string]any)
	if !is {
		return "", false
	}
	if len(l.Keys) == 1 {
		if text, is := fields[l.Keys[0]].(string); is {
			return text, true
		}
	}
	atom, known := w.schema.Resolve(l.ElementType)
	if !known || atom.Map == nil {
		return "", false
	}
	var id strings.Builder
	some := false
	for _, key := range l.Keys {
		value, said := fields[key]
		if f, known := atom.Map.FindField(key); !said && known && f.Default != nil {
			value, said = f.Default, true
		}
		some = some || fields[key] != nil
		fmt.Fprintf(&id, "%v\x00", value)
	}
	return id.String(), some
}
