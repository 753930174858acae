package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	kjson "sigs.k8s.io/json"

	"stillsuit.dev/finding"
)

// Misfit says in words why JSON does not fit the Go type of into, which points to a
// value: the error is of a strict decoding by sigs.k8s.io/json. keys lead to what is
// wrong; none when that is not known. mend says what to do.
func Misfit(err error, into any) (keys []string, what, mend string) {
	mend = "correct it"
	var field kjson.FieldError
	if errors.As(err, &field) {
		if keys = keysOf(field.FieldPath()); len(keys) > 0 && into != nil && strings.HasPrefix(err.Error(), "unknown field") {
			mend = finding.DidYouMean(keys[len(keys)-1], namesBelow(reflect.TypeOf(into), keys[:len(keys)-1]), mend)
		}
		return keys, err.Error(), mend
	}
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return nil, err.Error(), mend
	}
	wanted := "a " + mismatch.Type.Kind().String()
	switch mismatch.Type.Kind() {
	case reflect.String:
		wanted = "a text"
	case reflect.Int, reflect.Int32, reflect.Int64:
		wanted = "a whole number"
	case reflect.Bool:
		wanted = "true or false"
	case reflect.Slice:
		wanted = "a list"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		wanted = "a block"
	}
	return keysOf(mismatch.Field), fmt.Sprintf("%s is a %s, and must be %s", mismatch.Field, mismatch.Value, wanted), mend
}

// keysOf are the keys of a field that is written as spec.containers[0].name.
func keysOf(field string) []string {
	return strings.FieldsFunc(field, func(c rune) bool { return c == '.' || c == '[' || c == ']' })
}

// namesBelow are the fields that a type has below keys; none of what is no struct.
func namesBelow(t reflect.Type, keys []string) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case len(keys) > 0 && (t.Kind() == reflect.Slice || t.Kind() == reflect.Map):
		if _, err := strconv.Atoi(keys[0]); err != nil && t.Kind() == reflect.Slice {
			return namesBelow(t.Elem(), keys) // a mismatch may leave the index out
		}
		return namesBelow(t.Elem(), keys[1:])
	case t.Kind() != reflect.Struct:
		return nil
	}
	var names []string
	for _, f := range fieldsOf(t) {
		if len(keys) > 0 && f.name == keys[0] {
			return namesBelow(t.FieldByIndex(f.index).Type, keys[1:])
		}
		names = append(names, f.name)
	}
	if len(keys) > 0 {
		return nil
	}
	return names
}
