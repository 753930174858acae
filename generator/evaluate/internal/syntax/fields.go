// Package syntax reads the syntax trees of CUE files: the fields that a package writes out, the
// names that are in scope, and what a reference is written as.
package syntax

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/literal"

	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// TopLevelFields returns the fields that the files of inst write at the top
// level, by name, hidden ones and definitions included.
func TopLevelFields(inst *build.Instance) map[string][]*ast.Field {
	fields := map[string][]*ast.Field{}
	for _, f := range inst.Files {
		if !source.Written(f.Pos()) {
			continue
		}
		for _, d := range f.Decls {
			if field, ok := d.(*ast.Field); ok {
				if label, _, err := ast.LabelName(field.Label); err == nil {
					fields[label] = append(fields[label], field)
				}
			}
		}
	}
	return fields
}

// IsPrivate reports whether a field's label is hidden or that of a definition.
func IsPrivate(f *ast.Field) bool {
	name, isIdent, _ := ast.LabelName(f.Label)
	return isIdent && (strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#"))
}

// Scope is a block of fields and lets: the path of the block and the names
// that it defines.
type Scope struct {
	path  []string
	names map[string]bool
}

// Resolve returns the path that a reference means: in the innermost scope that
// defines its first name, else at the top level.
func Resolve(scopes []Scope, path []string) []string {
	for _, s := range slices.Backward(scopes) {
		if s.names[path[0]] {
			return append(slices.Clone(s.path), path...)
		}
	}
	return path
}

// WalkFields calls visit for each field and let of a file, with its path and
// the scopes that it stands in.
func WalkFields(file *ast.File, visit func(path []string, f *ast.Field, scopes []Scope)) {
	var block func(path []string, decls []ast.Decl, scopes []Scope)
	var inner func(path []string, e ast.Node, scopes []Scope)
	block = func(path []string, decls []ast.Decl, scopes []Scope) {
		s := Scope{path, map[string]bool{}}
		for _, d := range decls {
			switch d := d.(type) {
			case *ast.Field:
				if ident, ok := d.Label.(*ast.Ident); ok {
					s.names[ident.Name] = true
				}
			case *ast.LetClause:
				s.names[d.Ident.Name] = true
			}
		}
		scopes = append(slices.Clip(scopes), s)
		for _, d := range decls {
			switch d := d.(type) {
			case *ast.Field:
				name, _, err := ast.LabelName(d.Label)
				if err != nil {
					name = words.Code(d.Label)
				}
				p := append(slices.Clip(path), name)
				visit(p, d, scopes)
				inner(p, d.Value, scopes)
			case *ast.LetClause:
				p := append(slices.Clip(path), d.Ident.Name)
				visit(p, &ast.Field{Label: d.Ident, Value: d.Expr}, scopes)
				inner(p, d.Expr, scopes)
			case *ast.EmbedDecl:
				visit(path, &ast.Field{Label: ast.NewIdent("_"), Value: d.Expr}, scopes)
				inner(path, d.Expr, scopes)
			case *ast.Comprehension:
				for _, clause := range d.Clauses {
					switch clause := clause.(type) {
					case *ast.IfClause:
						visit(path, &ast.Field{Label: ast.NewIdent("_"), Value: clause.Condition}, scopes)
					case *ast.ForClause:
						visit(path, &ast.Field{Label: ast.NewIdent("_"), Value: clause.Source}, scopes)
					}
				}
				inner(path, d.Value, scopes)
			}
		}
	}
	inner = func(path []string, e ast.Node, scopes []Scope) {
		if e == nil {
			return
		}
		ast.Walk(e, func(n ast.Node) bool {
			if lit, ok := n.(*ast.StructLit); ok {
				block(path, lit.Elts, scopes)
				return false
			}
			return true
		}, nil)
	}
	block(nil, file.Decls, nil)
}

// Chain returns the names of a reference such as cluster.network, or nil.
func Chain(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.Ident:
		return []string{e.Name}
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(e.Sel)
		if x := Chain(e.X); x != nil && err == nil {
			return append(x, name)
		}
	case *ast.IndexExpr:
		if lit, ok := e.Index.(*ast.BasicLit); ok {
			if name, err := literal.Unquote(lit.Value); err == nil {
				if x := Chain(e.X); x != nil {
					return append(x, name)
				}
			}
		}
	}
	return nil
}
