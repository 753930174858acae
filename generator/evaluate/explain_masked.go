package evaluate

import (
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
)

// cascade reports whether an error only repeats another one: the user's value
// refers to something that is wrong itself.
func (x *evaluation) cascade(c cueError) bool {
	for _, o := range x.evaluated.origins(c.path) {
		if f, ok := o.node.(*ast.Field); ok && o.value.IncompleteKind() == cue.BottomKind {
			path := Chain(f.Value)
			if path == nil {
				continue
			}
			if target := x.evaluated.lookup(path); target.Err() != nil && target.IncompleteKind() == cue.BottomKind && len(x.evaluated.origins(path)) > 0 {
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
	root := []string{KindApp, KindContainer, KindChart}
	if x.pkg.Cluster {
		root = topLevelNames()
	}
	for _, file := range x.tree.files() {
		WalkFields(file, func(path []string, f *ast.Field, _ []Scope) {
			if _, isBlock := f.Value.(*ast.StructLit); isBlock || len(path) == 0 || !slices.Contains(root, path[0]) {
				return
			}
			v := x.evaluated.lookup(path)
			if len(x.evaluated.origins(path)) == 0 {
				return
			}
			all = append(all, errors.Errors(v.Validate(cue.Concrete(true), cue.Final()))...)
		})
	}
	return all
}
