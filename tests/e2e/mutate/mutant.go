package mutate

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// Mutant is an object with one field changed.
type Mutant struct {
	// Of is the object that is changed.
	Of *unstructured.Unstructured
	// Path leads to the field, with the indices of lists.
	Path []string
	// How says what is done to the field.
	How string
	// Class is the kind, the path without indices and keys, and How. Two mutants of a
	// class try the same on two objects.
	Class string
	// Taken says that the API server accepts the mutant, where a table says so.
	Taken bool

	sets []set
}

// set gives a field a value, or removes it.
type set struct {
	path   []string
	value  any
	remove bool
}

// Unknown reports whether the mutant has a field that the schema does not have.
func (m *Mutant) Unknown() bool { return m.How == unknown || m.How == misspelt }

const (
	unknown  = "unknown field"
	misspelt = "misspelt"
)

// Object returns the changed object.
func (m *Mutant) Object() *unstructured.Unstructured {
	out := m.Of.DeepCopy()
	for _, s := range m.sets {
		out.Object = put(out.Object, s.path, s).(map[string]any)
	}
	return out
}

// put returns in with the value of a set at path.
func put(in any, path []string, s set) any {
	switch in := in.(type) {
	case map[string]any:
		switch {
		case len(path) > 1:
			in[path[0]] = put(in[path[0]], path[1:], s)
		case s.remove:
			delete(in, path[0])
		default:
			in[path[0]] = runtime.DeepCopyJSONValue(s.value)
		}
		return in
	case []any:
		i, err := strconv.Atoi(path[0])
		if err != nil {
			panic(err) // the walk made the path
		}
		switch {
		case len(path) > 1:
			in[i] = put(in[i], path[1:], s)
		case s.remove:
			return slices.Delete(in, i, i+1)
		default:
			in[i] = runtime.DeepCopyJSONValue(s.value)
		}
		return in
	}
	panic("no field " + strings.Join(path, "."))
}

// All returns every mutant of an object whose kind has a schema. depth bounds how far
// into objects that are not set the mutation goes.
func (s *Schemas) All(o *unstructured.Unstructured, depth int) []*Mutant {
	top := s.Of(o.GroupVersionKind())
	if top == nil {
		return nil
	}
	w := &walk{schemas: s, of: o, kind: o.GetAPIVersion() + " " + o.GetKind()}
	w.fields(place{}, top, o.Object, depth)
	w.names()
	return w.out
}

// names gives the object names that a URL can carry.
func (w *walk) names() {
	at := place{}.at("metadata")
	for _, v := range texts(&Schema{}, nil) {
		name, ok := v.value.(string)
		if !ok || name == "" || strings.Contains(name, "/") {
			continue
		}
		w.add(at.at("name"), v.how, set{value: name})
		if w.of.GetNamespace() != "" {
			w.add(at.at("namespace"), v.how, set{value: name})
		}
	}
}

type walk struct {
	schemas *Schemas
	of      *unstructured.Unstructured
	kind    string
	out     []*Mutant
}

// place is where the walk is.
type place struct {
	path    []string
	general []string // the same, with * for indices and keys
	before  []set    // what has to be set for path to exist
}

func (p place) at(name string) place { return p.as(name, name) }

func (p place) as(name, general string) place {
	return place{append(slices.Clone(p.path), name), append(slices.Clone(p.general), general), p.before}
}

func (p place) after(s set) place {
	p.before = append(slices.Clone(p.before), s)
	return p
}

func (w *walk) add(p place, how string, s set) {
	s.path = p.path
	w.out = append(w.out, &Mutant{
		Of: w.of, Path: p.path, How: how,
		Class: w.kind + " " + strings.Join(p.general, ".") + ": " + how,
		sets:  append(slices.Clone(p.before), s),
	})
}

// fields varies what an object has, and what it could have.
func (w *walk) fields(p place, of *Schema, has map[string]any, depth int) {
	of = w.schemas.resolve(of)
	w.add(p.at("notAField"), unknown, set{value: "x"})
	for _, name := range slices.Sorted(maps.Keys(of.Properties)) {
		at := p.at(name)
		if Excluded(at.general) != "" {
			continue
		}
		field := of.Properties[name]
		value, present := has[name]
		if !present {
			if depth > 0 {
				w.absent(at, field, depth-1)
			}
			continue
		}
		if name == "metadata" && len(p.path) == 0 { // its name is in the URL
			w.fields(at, field, value.(map[string]any), depth)
			continue
		}
		w.add(at, "missing", set{remove: true})
		w.add(at, "null", set{value: nil})
		w.misspell(at, value)
		w.value(at, field, value, depth)
	}
}

// misspell moves a field to a name that lacks a letter of its own.
func (w *walk) misspell(p place, value any) {
	last := len(p.path) - 1
	name := p.path[last] + p.path[last][len(p.path[last])-1:]
	moved := p
	moved.path = append(slices.Clone(p.path[:last]), name)
	w.add(moved.after(set{path: p.path, remove: true}), misspelt, set{value: value})
}

// value varies a value that is there, and everything in it.
func (w *walk) value(p place, of *Schema, has any, depth int) {
	for _, v := range w.schemas.variants(of, has) {
		w.add(p, v.how, set{value: v.value})
	}
	of = w.schemas.resolve(of)
	switch has := has.(type) {
	case map[string]any:
		switch of.form() {
		case object:
			w.fields(p, of, has, depth)
		case dictionary:
			for _, key := range slices.Sorted(maps.Keys(has)) {
				w.value(p.as(key, "*"), of.Additional.Schema, has[key], depth)
			}
		}
	case []any:
		if of.form() == list {
			for i, item := range has {
				w.value(p.as(strconv.Itoa(i), "*"), of.Items, item, depth)
			}
		}
	}
}

// absent gives a field that is not set each of its values, and those of its parts.
func (w *walk) absent(p place, of *Schema, depth int) {
	resolved := w.schemas.resolve(of)
	for _, v := range w.schemas.variants(of, nil) {
		w.add(p, "added: "+v.how, set{value: v.value})
	}
	switch form := resolved.form(); {
	case form == object:
		least := w.schemas.least(of, 3).(map[string]any)
		w.add(p, "added", set{value: least})
		w.fields(p.after(set{path: p.path, value: least}), resolved, least, depth)
	case form == list && w.schemas.resolve(resolved.Items).form() == object:
		least := w.schemas.least(resolved.Items, 3).(map[string]any)
		one := p.after(set{path: p.path, value: []any{least}})
		w.fields(one.as("0", "*"), resolved.Items, least, depth)
	}
}
