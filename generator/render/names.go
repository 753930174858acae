package render

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/valid"
)

// names reports objects whose names Kubernetes refuses: each part of one may be sound, and
// the whole too long. Those of objects that stand in CUE as they are were looked at there.
func (r *renderer) names() {
	for _, id := range slices.SortedFunc(maps.Keys(r.byID), manifest.ID.Compare) {
		o := r.byID[id]
		if o.Raw {
			continue
		}
		for _, p := range valid.Name(id.Group, id.Kind, id.Name) {
			p.Keys, p.Fact = nil, id.Kind+" "+p.Fact
			r.Refused(o.Origin, []valid.Problem{p})
		}
	}
}
