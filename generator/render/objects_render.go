package render

import "stillsuit.dev/generator/manifest"

// rawObjects are those that an app or chart writes itself, in its unit.
func rawObjects(u unit, objects []rawObject) []made {
	var out []made
	for _, o := range objects {
		out = append(out, made{u, &manifest.Object{ID: o.id, APIVersion: o.apiVersion, Value: o.value, Origin: o.at, Raw: true}})
	}
	return out
}
