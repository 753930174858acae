package manifest

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// field is one field of a struct, as encoding/json names it.
type field struct {
	name      string
	index     []int
	omitEmpty bool
}

// cache holds what is known of each type: reading tags and asking for methods is
// slow, and types are few.
type cache struct{ sync.Map }

var (
	knownFields cache // []field by struct type
	knownForms  cache // form by type
)

// form is who writes a type's value.
type form int

const (
	byKind        form = iota // its kind says how
	byNumber                  // it is a number, written out
	byMarshaler               // its own MarshalJSON
	byPointerJSON             // that of a pointer to it
	byText                    // its own MarshalText
)

func formOf(t reflect.Type) form {
	if cached, ok := knownForms.Load(t); ok {
		return cached.(form)
	}
	how := byKind
	switch {
	case t == jsonNumber:
		how = byNumber
	case t.Implements(jsonMarshaler):
		how = byMarshaler
	case t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(jsonMarshaler):
		how = byPointerJSON
	case t.Implements(textMarshaler):
		how = byText
	}
	knownForms.Store(t, how)
	return how
}

var selector = reflect.TypeFor[metav1.LabelSelector]()

// fieldsOf returns the fields of a struct type, sorted as keys are.
func fieldsOf(t reflect.Type) []field {
	if cached, ok := knownFields.Load(t); ok {
		return cached.([]field)
	}
	var fields []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() && !f.Anonymous {
			continue
		}
		if f.Anonymous && name == "" || slices.Contains(strings.Split(options, ","), "inline") {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			for _, g := range fieldsOf(inner) {
				g.index = append([]int{i}, g.index...)
				fields = append(fields, g)
			}
			continue
		}
		if name == "" {
			name = f.Name
		}
		fields = append(fields, field{name: name, index: []int{i}, omitEmpty: strings.Contains(options, "omitempty") || strings.Contains(options, "omitzero")})
	}
	slices.SortFunc(fields, func(a, b field) int { return compareKeys(a.name, b.name) })
	knownFields.Store(t, fields)
	return fields
}

// of returns the field's value in v, and false when it is left out.
func (f field) of(v reflect.Value) (reflect.Value, bool) {
	for _, i := range f.index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return v, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, !f.omitEmpty || !empty(v)
}

func empty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Map, reflect.Slice, reflect.Array, reflect.String:
		return v.Len() == 0
	case reflect.Struct:
		return v.Type() != selector && v.IsZero()
	default:
		return v.IsZero()
	}
}
