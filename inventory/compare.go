package inventory

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator/manifest"
)

// Read decodes an object as the API server would get it.
func Read[T any](o *manifest.Object) (T, error) {
	var v T
	b, err := o.YAML()
	if err != nil {
		return v, err
	}
	if err := yaml.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("read %s: %w", o.ID, err)
	}
	return v, nil
}

// ByID are objects by what names them.
func ByID(objects []*manifest.Object) map[manifest.ID]*manifest.Object {
	out := map[manifest.ID]*manifest.Object{}
	for _, o := range objects {
		out[o.ID] = o
	}
	return out
}

// Patched is a patch of the head that changes an object of an app and that the base
// does not have, where there is one: it says more than what the object was made from.
func Patched(base, head *Subject, o *manifest.Object, otherwise Spot) Spot {
	if len(o.Origin) < 2 || o.Origin[0] != "apps" || head.Apps[o.Origin[1]] == nil || base.Apps[o.Origin[1]] == nil {
		return otherwise
	}
	was := base.Apps[o.Origin[1]].Patches
	patches := head.Apps[o.Origin[1]].Patches
	for _, name := range slices.Sorted(maps.Keys(patches)) {
		p := patches[name]
		if (p.Kind == "" || p.Kind == o.Kind) && (p.Name == "" || p.Name == o.Name) && !reflect.DeepEqual(p, was[name]) {
			return Spot{Object: &manifest.Object{Origin: []string{"apps", o.Origin[1], "patches", name}}}
		}
	}
	return otherwise
}
