package explain

import (
	"slices"

	"cuelang.org/go/cue"

	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// unknown reports whether a path leads through an entry to where the schemas know no
// field: under a name that they do not have, or into an object or values.
func (s *secrets) unknown(path []string) bool {
	if s.schemas.inst == nil || len(path) == 0 {
		return false
	}
	if s.schemas.cluster && !slices.Contains(topLevelNames(), path[0]) {
		fields := syntax.TopLevelFields(s.tree.inst)[path[0]]
		return len(fields) > 0 && !syntax.IsPrivate(fields[0])
	}
	entry := 1
	if s.schemas.cluster && source.IsSection(path[0]) {
		entry = 2
	}
	if len(path) <= entry {
		return false
	}
	if _, ok := s.schemas.want(path[:entry]); !ok {
		return false
	}
	for n := entry + 1; n <= len(path); n++ {
		v, ok := s.schemas.want(path[:n])
		if !ok || v.IncompleteKind() == cue.TopKind || n == len(path) && anything(v) {
			return true
		}
		if v.IncompleteKind()&(cue.StructKind|cue.ListKind) == 0 { // image: nginx:1.29 is a block to CUE
			return slices.ContainsFunc(path[n:], secretName.MatchString)
		}
	}
	return false
}

// anything reports whether the schema v allows a block, or a map or list of such, whose
// fields it does not know.
func anything(v cue.Value) bool {
	if !v.Exists() {
		return false
	}
	switch v.IncompleteKind() {
	case cue.TopKind:
		return true
	case cue.ListKind:
		return anything(v.LookupPath(cue.MakePath(cue.AnyIndex)))
	case cue.StructKind:
		if names, open := fieldNames(v); len(names) == 0 {
			return !open || anything(v.LookupPath(cue.MakePath(cue.AnyString)))
		}
	}
	return false
}
