package mutate

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/openapi"
)

// Schema is what the API server publishes about a value.
type Schema struct {
	Ref         string             `json:"$ref"`
	AllOf       []*Schema          `json:"allOf"`
	OneOf       []*Schema          `json:"oneOf"`
	Type        string             `json:"type"`
	Format      string             `json:"format"`
	Enum        []any              `json:"enum"`
	Required    []string           `json:"required"`
	Properties  map[string]*Schema `json:"properties"`
	Items       *Schema            `json:"items"`
	Additional  values             `json:"additionalProperties"`
	IntOrString bool               `json:"x-kubernetes-int-or-string"`
	Minimum     *float64           `json:"minimum"`
	Maximum     *float64           `json:"maximum"`
	MaxLength   *int               `json:"maxLength"`
	MaxItems    *int               `json:"maxItems"`
	Kinds       []kind             `json:"x-kubernetes-group-version-kind"`
}

type kind struct{ Group, Version, Kind string }

// values is the schema of a map's values; the document may also say true or false.
type values struct{ *Schema }

func (v *values) UnmarshalJSON(text []byte) error {
	if s := string(text); s == "true" || s == "false" {
		return nil
	}
	return json.Unmarshal(text, &v.Schema)
}

// Schemas are the schemas of the kinds that an API server serves.
type Schemas struct {
	kinds      map[schema.GroupVersionKind]*Schema
	components map[string]*Schema
}

// Read asks the API server for its schemas.
func Read(client openapi.Client) (*Schemas, error) {
	paths, err := client.Paths()
	if err != nil {
		return nil, fmt.Errorf("list the OpenAPI documents: %w", err)
	}
	out := &Schemas{kinds: map[schema.GroupVersionKind]*Schema{}, components: map[string]*Schema{}}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if !strings.HasPrefix(path, "api") || strings.Count(path, "/") == 0 {
			continue
		}
		text, err := paths[path].Schema("application/json")
		if err != nil {
			return nil, fmt.Errorf("read the OpenAPI document %s: %w", path, err)
		}
		var document struct {
			Components struct{ Schemas map[string]*Schema }
		}
		if err := json.Unmarshal(text, &document); err != nil {
			return nil, fmt.Errorf("read the OpenAPI document %s: %w", path, err)
		}
		for name, s := range document.Components.Schemas {
			out.components["#/components/schemas/"+name] = s
			if len(s.Kinds) == 1 {
				out.kinds[schema.GroupVersionKind(s.Kinds[0])] = s
			}
		}
	}
	return out, nil
}

// Of returns the schema of a kind, or nil.
func (s *Schemas) Of(gvk schema.GroupVersionKind) *Schema { return s.kinds[gvk] }

// resolve follows references.
func (s *Schemas) resolve(of *Schema) *Schema {
	for of != nil {
		switch {
		case of.Ref != "":
			of = s.components[of.Ref]
		case len(of.AllOf) == 1 && of.Properties == nil:
			of = of.AllOf[0]
		default:
			return of
		}
	}
	return of
}

// form is what values of a schema look like.
type form int

const (
	anything form = iota
	text
	moment
	binary
	integer
	decimal
	quantity
	share // an integer or a percentage
	boolean
	list
	dictionary
	object
)

func (s *Schema) form() form {
	switch {
	case s == nil:
		return anything
	case s.IntOrString, s.Format == "int-or-string":
		return share
	case s.Properties != nil:
		return object
	case s.Additional.Schema != nil:
		return dictionary
	case len(s.OneOf) == 2 && s.OneOf[0].Type == "string" && s.OneOf[1].Type == "number":
		return quantity
	}
	switch s.Type {
	case "string":
		switch s.Format {
		case "date-time":
			return moment
		case "byte":
			return binary
		}
		return text
	case "integer":
		return integer
	case "number":
		return decimal
	case "boolean":
		return boolean
	case "array":
		return list
	}
	return anything
}

// least returns a value of a schema with only what is required.
func (s *Schemas) least(of *Schema, depth int) any {
	of = s.resolve(of)
	switch of.form() {
	case text:
		if len(of.Enum) > 0 {
			return of.Enum[0]
		}
		return "x"
	case moment:
		return "2026-01-02T03:04:05Z"
	case binary:
		return "eA=="
	case integer, decimal, share:
		return int64(1)
	case quantity:
		return "1"
	case boolean:
		return true
	case list:
		if depth == 0 {
			return []any{}
		}
		return []any{s.least(of.Items, depth-1)}
	case dictionary:
		return map[string]any{}
	case object:
		out := map[string]any{}
		for _, name := range of.Required {
			if depth > 0 {
				out[name] = s.least(of.Properties[name], depth-1)
			}
		}
		return out
	}
	return map[string]any{}
}
