package object

import (
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/written"
	"stillsuit.dev/generator/manifest"
)

// Raw are those that an app or chart writes itself, in its unit.
func Raw(u scope.Unit, objects []written.Object) []Made {
	var out []Made
	for _, o := range objects {
		out = append(out, Made{u, &manifest.Object{ID: o.ID, APIVersion: o.APIVersion, Value: o.Value, Written: o.Written, Origin: o.At, Raw: true}})
	}
	return out
}
