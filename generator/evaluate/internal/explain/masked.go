package explain

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"

	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// cascade reports whether an error only repeats another one: the user's value
// refers to something that is wrong itself.
func (x *evaluation) cascade(c cueError) bool {
	for _, o := range x.places.Origins(c.path) {
		if f, ok := o.Node.(*ast.Field); ok && o.Value.IncompleteKind() == cue.BottomKind {
			path := syntax.Chain(f.Value)
			if path == nil {
				continue
			}
			if target := x.places.Lookup(path); target.Err() != nil && target.IncompleteKind() == cue.BottomKind && len(x.places.Origins(path)) > 0 {
				return true
			}
		}
	}
	return false
}

// masked returns the errors of single fields. CUE combines the errors of a
// struct, and then drops those about missing values as soon as there is one of
// another kind.
func (x *evaluation) masked() []errors.Error {
	var all []errors.Error
	root := []string{source.KindApp, source.KindContainer, source.KindChart}
	if x.pkg.Cluster {
		root = topLevelNames()
	}
	for _, file := range x.tree.files() {
		syntax.WalkFields(file, func(path []string, f *ast.Field, _ []syntax.Scope) {
			if syntax.Block(f.Value) != nil || len(path) == 0 || !slices.Contains(root, path[0]) {
				return
			}
			v := x.places.Lookup(path)
			if len(x.places.Origins(path)) == 0 {
				return
			}
			all = append(all, errors.Errors(v.Validate(cue.Concrete(true), cue.Final()))...)
		})
	}
	return all
}
