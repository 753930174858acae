package model

import (
	"reflect"
	"strings"
)

// said lists the fields of a workload that are not empty, by their CUE names,
// in the order of the schema.
func said(w Workload) []string {
	var fields []string
	v := reflect.ValueOf(w)
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			fields = append(fields, name)
		}
	}
	return fields
}
