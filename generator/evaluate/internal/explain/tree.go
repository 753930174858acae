package explain

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/generator/evaluate/internal/source"
)

// tree is the syntax of a package and of what it imports, as far as users wrote it.
type tree struct{ inst *build.Instance }

// files returns the parsed files that a user wrote.
func (t tree) files() []*ast.File {
	var files []*ast.File
	for _, i := range append([]*build.Instance{t.inst}, t.inst.Dependencies()...) {
		for _, f := range i.Files {
			if source.Written(f.Pos()) {
				files = append(files, f)
			}
		}
	}
	return files
}

// enclosing calls visit for the nodes of the file that holds pos whose range
// includes it, outermost first.
func (t tree) enclosing(pos token.Pos, visit func(ast.Node)) {
	if !source.Written(pos) {
		return
	}
	for _, f := range t.files() {
		if f.Pos().File() != pos.File() {
			continue
		}
		ast.Walk(f, func(n ast.Node) bool {
			if _, ok := n.(*ast.File); ok {
				return true
			}
			if !n.Pos().IsValid() || n.Pos().Offset() > pos.Offset() || n.End().IsValid() && n.End().Offset() < pos.Offset() {
				return false
			}
			visit(n)
			return true
		}, nil)
	}
}

// fieldAt returns the innermost field round pos, or nil.
func (t tree) fieldAt(pos token.Pos) *ast.Field {
	var found *ast.Field
	t.enclosing(pos, func(n ast.Node) {
		if f, ok := n.(*ast.Field); ok {
			found = f
		}
	})
	return found
}
