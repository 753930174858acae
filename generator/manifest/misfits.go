package manifest

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"sync"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Mismatch is a place where a value does not fit the Go type that it is to be decoded into.
type Mismatch struct {
	// Keys lead to the value.
	Keys []string
	// Value is what stands there.
	Value any
	// Want says what has to stand there: "a whole number". It is empty for a field that the
	// type does not have.
	Want string
	// Owner is the type that lacks the field; nil for a value of the wrong type.
	Owner reflect.Type
	// hidden says that the value may be a secret, which no sentence repeats.
	hidden bool
}

// Unknown reports whether it is a field that the type does not have.
func (m Mismatch) Unknown() bool { return m.Owner != nil }

// Mismatches are the places where a value as JSON decodes it does not fit a Go type: fields
// that the type does not have, and values of other types. Names of fields are compared as
// the API server does, with their case.
func Mismatches(t reflect.Type, value any) []Mismatch {
	var m mismatches
	m.check(t, value)
	object, _ := value.(map[string]any)
	for i := range m.found {
		m.found[i].hidden = Sensitive(object, m.found[i].Keys)
	}
	return m.found
}

type mismatches struct {
	keys  []string // to where check is
	found []Mismatch
}

func (m *mismatches) add(value any, want string, owner reflect.Type) {
	m.found = append(m.found, Mismatch{Keys: slices.Clone(m.keys), Value: value, Want: want, Owner: owner})
}

// below is check for what a key leads to.
func (m *mismatches) below(key string, t reflect.Type, value any) {
	m.keys = append(m.keys, key)
	m.check(t, value)
	m.keys = m.keys[:len(m.keys)-1]
}

func (m *mismatches) check(t reflect.Type, value any) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if value == nil { // as if it were not there
		return
	}
	if formOf(t) != byKind {
		m.own(t, value)
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		m.block(t, value)
	case reflect.Map:
		object, is := value.(map[string]any)
		if !is {
			m.add(value, "a block", nil)
			return
		}
		if t.Elem().Kind() == reflect.String { // labels and the like, of which there are many
			m.texts(object)
			return
		}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			m.below(key, t.Elem(), object[key])
		}
	case reflect.Slice:
		m.list(t, value)
	default:
		if want := scalar(t, value); want != "" {
			m.add(value, want, nil)
		}
	}
}

func (m *mismatches) texts(object map[string]any) {
	var wrong []string
	for key, value := range object {
		if _, is := value.(string); !is && value != nil {
			wrong = append(wrong, key)
		}
	}
	slices.Sort(wrong)
	for _, key := range wrong {
		m.keys = append(m.keys, key)
		m.add(object[key], wantText, nil)
		m.keys = m.keys[:len(m.keys)-1]
	}
}

func (m *mismatches) block(t reflect.Type, value any) {
	object, is := value.(map[string]any)
	if !is {
		m.add(value, "a block", nil)
		return
	}
	fields := namesOf(t)
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if of, known := fields[key]; known {
			m.below(key, of, object[key])
			continue
		}
		m.keys = append(m.keys, key)
		m.add(object[key], "", t)
		m.keys = m.keys[:len(m.keys)-1]
	}
}

func (m *mismatches) list(t reflect.Type, value any) {
	if t.Elem().Kind() == reflect.Uint8 {
		text, is := value.(string)
		if _, err := base64.StdEncoding.DecodeString(text); !is || err != nil {
			m.add(value, wantBase64, nil)
		}
		return
	}
	list, is := value.([]any)
	if !is {
		m.add(value, "a list", nil)
		return
	}
	for i := range list {
		m.below(strconv.Itoa(i), t.Elem(), list[i])
	}
}

const (
	wantText   = "a text"
	wantBase64 = "text in base64"
	wantNumber = "a whole number"
	wantTruth  = "true or false"
)

var (
	quantity      = reflect.TypeFor[resource.Quantity]()
	numberOrShare = reflect.TypeFor[intstr.IntOrString]()
)

// own checks a value of a type that decodes itself.
func (m *mismatches) own(t reflect.Type, value any) {
	switch said, text := value.(string); {
	case t == quantity && !Unfilled(said) && (text || numeric(value)):
		return // package valid knows what is wrong with it
	case t == quantity:
		m.add(value, "an amount, such as 64Mi", nil)
		return
	case t == numberOrShare && (text || whole(value)):
		return
	case t == numberOrShare:
		m.add(value, "a whole number or a text", nil)
		return
	}
	b, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(b, reflect.New(t).Interface())
	}
	if err == nil {
		return
	}
	want := map[string]string{"Time": "a time, such as 2026-01-31T00:00:00Z", "MicroTime": "a time, such as 2026-01-31T00:00:00.000000Z", "Duration": "a duration, such as 5m"}[t.Name()]
	if want == "" {
		want = "what " + t.Name() + " has"
	}
	m.add(value, want, nil)
}

// scalar says what has to stand in the place of a value; "" when it fits.
func scalar(t reflect.Type, value any) string {
	switch t.Kind() {
	case reflect.String:
		if _, is := value.(string); !is {
			return wantText
		}
	case reflect.Bool:
		if _, is := value.(bool); !is {
			return wantTruth
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if !whole(value) {
			return wantNumber
		}
	case reflect.Float32, reflect.Float64:
		if !numeric(value) {
			return "a number"
		}
	}
	return ""
}

func numeric(value any) bool {
	switch value.(type) {
	case json.Number, float64, float32, int, int32, int64, uint64:
		return true
	}
	return false
}

func whole(value any) bool {
	switch v := value.(type) {
	case json.Number:
		f, err := v.Float64()
		return err != nil || f == math.Trunc(f)
	case float64:
		return v == math.Trunc(v)
	}
	return numeric(value)
}

// knownNames are the types of fields by name, by struct type.
var knownNames sync.Map

func namesOf(t reflect.Type) map[string]reflect.Type {
	if cached, ok := knownNames.Load(t); ok {
		return cached.(map[string]reflect.Type)
	}
	out := map[string]reflect.Type{}
	for _, f := range fieldsOf(t) {
		out[f.name] = t.FieldByIndex(f.index).Type
	}
	knownNames.Store(t, out)
	return out
}

// FieldType is the type of a field of a struct type, by its name in JSON; nil when it has no
// such field.
func FieldType(t reflect.Type, name string) reflect.Type { return namesOf(t)[name] }

// Fitting is a value as JSON decodes it without what does not fit a Go type: what was
// probably meant, or nothing, is in the place of values of other types. Nothing that both
// hold is changed.
func Fitting(t reflect.Type, value any) any {
	for _, m := range Mismatches(t, value) {
		right, _ := m.Right()
		value = With(value, m.Keys, right)
	}
	return value
}
