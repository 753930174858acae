package mutate

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// Row is a change of an object that is written down: a merge patch (RFC 7386), or a value
// that is put at each of some paths, for one mutant each.
type Row struct {
	// Of is the kind and name of the object.
	Of string `json:"of"`
	// What says what is wrong with the mutant, or what is not.
	What  string         `json:"what"`
	Merge map[string]any `json:"merge"`
	At    []string       `json:"at"`
	Value any            `json:"value"`
	// Taken says that the API server accepts the mutant.
	Taken bool `json:"taken"`
}

// Rows reads a table.
func Rows(text []byte) ([]Row, error) {
	var out []Row
	return out, yaml.UnmarshalStrict(text, &out)
}

// Mutants are those of a row, of the object among some that it names.
func (r Row) Mutants(objects []*unstructured.Unstructured) ([]*Mutant, error) {
	i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind()+" "+o.GetName() == r.Of })
	if i < 0 {
		return nil, fmt.Errorf("no object is called %s", r.Of)
	}
	of := objects[i]
	class := of.GetAPIVersion() + " " + r.Of + ": " + r.What
	if len(r.At) == 0 {
		changed, err := merged(of, r.Merge)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", class, err)
		}
		return []*Mutant{{Of: changed, How: r.What, Class: class, Taken: r.Taken}}, nil
	}
	var out []*Mutant
	for _, at := range r.At {
		path := strings.Split(at, ".")
		out = append(out, &Mutant{Of: of, Path: path, How: r.What, Class: class + " at " + at, Taken: r.Taken, sets: []set{{path: path, value: whole(r.Value)}}})
	}
	return out, nil
}

func merged(o *unstructured.Unstructured, merge map[string]any) (*unstructured.Unstructured, error) {
	was, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	patch, err := json.Marshal(merge)
	if err != nil {
		return nil, err
	}
	is, err := jsonpatch.MergePatch(was, patch)
	if err != nil {
		return nil, err
	}
	out := &unstructured.Unstructured{}
	return out, out.UnmarshalJSON(is)
}

// whole turns the numbers of a table that are whole into integers.
func whole(value any) any {
	switch value := value.(type) {
	case float64:
		if float64(int64(value)) == value {
			return int64(value)
		}
	case map[string]any:
		for k, v := range value {
			value[k] = whole(v)
		}
	case []any:
		for i, v := range value {
			value[i] = whole(v)
		}
	}
	return value
}
