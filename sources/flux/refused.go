package flux

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
	"stillsuit.dev/inventory"
)

// refused finds what Kubernetes refuses in an object as JSON decodes it, and returns the
// object without its amounts that cannot be counted. A value that something else fills
// in later, as Flux does with ${NAME}, is not judged.
func refused(v any) (any, []valid.Problem) {
	object, _ := v.(map[string]any)
	apiVersion, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	return refusedOf(schema.FromAPIVersionAndKind(apiVersion, kind), v)
}

// refusedOf is refused for an object of a kind, whatever it says itself.
func refusedOf(gvk schema.GroupVersionKind, v any) (any, []valid.Problem) {
	object, ok := v.(map[string]any)
	if !ok {
		return v, nil
	}
	var into reflect.Type
	if known, err := scheme.Scheme.New(gvk); err == nil {
		into = reflect.TypeOf(known)
	}
	problems := valid.Object(into, gvk.Group, gvk.Kind, object)
	problems = append(problems, model.FootprintProblems(object)...)
	problems = slices.DeleteFunc(problems, func(p valid.Problem) bool { return manifest.Unfilled(p.Value) })
	return valid.Known(v, problems), problems
}

// tell reports what is refused in an object, each at its line.
func (r *reader) tell(o *manifest.Object, v any, problems []valid.Problem) {
	if r.objects[o.ID] != o || r.component { // once more, or not as it will be
		return
	}
	for _, p := range problems {
		at := inventory.Spot{Object: o, Keys: p.Keys, Path: container(v, p.Keys)}
		place, _ := r.places.Locate(at)
		severity := finding.Error
		if p.Mild || p.Accepted {
			severity = finding.Warning
		}
		r.found(at, finding.Finding{Code: p.Code, Severity: severity, Place: place, Problem: p.Problem, Fix: p.Fix})
	}
}

// container is the name of the container that keys lead into, as labels of a spot, since
// patches change the order of containers.
func container(v any, keys []string) []string {
	for i, key := range keys {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n >= len(at) {
				return nil
			}
			v = at[n]
			if fields, ok := v.(map[string]any); ok && i > 0 && strings.HasSuffix(strings.ToLower(keys[i-1]), "containers") {
				if name, _ := fields["name"].(string); name != "" {
					return []string{keys[i-1], name}
				}
			}
		}
	}
	return nil
}
