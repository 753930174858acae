package inventory

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/manifest"
)

// ByPatch is the spot of a field in the patch that wrote it, where an app's patch did;
// else the spot that is given.
func (s *Subject) ByPatch(at Spot) Spot {
	if at.Object == nil || at.Object.Raw || len(at.Object.Origin) < 2 || at.Object.Origin[0] != "apps" || s.Apps[at.Object.Origin[1]] == nil {
		return at
	}
	patches := s.Apps[at.Object.Origin[1]].Patches
	for _, name := range slices.Sorted(maps.Keys(patches)) {
		p := patches[name]
		if p == nil || p.Kind != "" && p.Kind != at.Object.Kind || p.Name != "" && p.Name != at.Object.Name || !has(p.Merge, at.Keys) {
			continue
		}
		at.Object = &manifest.Object{ID: at.Object.ID, Origin: []string{"apps", at.Object.Origin[1], "patches", name}}
		at.Path = append([]string{"merge"}, at.Keys...)
		return at
	}
	return at
}

// has reports whether keys lead to a value that is written, lists as a whole.
func has(v any, keys []string) bool {
	for _, key := range keys {
		m, is := v.(map[string]any)
		if !is {
			_, list := v.([]any)
			return list
		}
		if v, is = m[key]; !is {
			return false
		}
	}
	return true
}
