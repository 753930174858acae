package inventory

import (
	"maps"
	"reflect"
	"slices"

	"stillsuit.dev/generator/manifest"
)

// ByPatch is the spot of a field in the patch that wrote it, where an app's patch did; else
// the spot that is given. A field that is missing is in the patch that wrote what lacks it.
func (s *Subject) ByPatch(at Spot) Spot {
	if at.Object == nil || len(at.Object.Origin) < 2 || at.Object.Origin[0] != "apps" || s.Apps[at.Object.Origin[1]] == nil {
		return at
	}
	patches := s.Apps[at.Object.Origin[1]].Patches
	least := len(at.Keys)
	if manifest.At(at.Object.Content(), at.Keys) == nil && !at.Object.Raw {
		least--
	}
	var by string
	var there []string
	for _, name := range slices.Sorted(maps.Keys(patches)) { // each is laid over the ones before
		p := patches[name]
		if p == nil || p.Kind != "" && p.Kind != at.Object.Kind || p.Name != "" && p.Name != at.Object.Name {
			continue
		}
		keys := manifest.InPatch(reflect.TypeOf(at.Object.Value), at.Object.Content(), p.Merge, at.Keys)
		if len(keys) >= max(least, len(there), 1) {
			by, there = name, keys
		}
	}
	if there == nil {
		return at
	}
	at.Object = &manifest.Object{ID: at.Object.ID, Origin: []string{"apps", at.Object.Origin[1], "patches", by}}
	at.Path = append([]string{"merge"}, there...)
	return at
}
