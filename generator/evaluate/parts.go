package evaluate

import (
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// Parts are some of the declarations of a cluster's package, as half-open ranges of
// their numbers: first come those at the top level, then the entries of the sections.
type Parts [][2]int

func (p Parts) has(n int) bool {
	return slices.ContainsFunc(p, func(r [2]int) bool { return r[0] <= n && n < r[1] })
}

// part is one of them. A field has its path; what stands in a section and is no
// entry, such as a comprehension, has the section's.
type part struct {
	path  []string
	place finding.Place
}

// split numbers the declarations of inst, and returns how many are at the top level. When keep is
// not nil it takes the others out of the files: fields and lets at the top level keep their
// name, or what refers to them would not compile, and nothing be evaluated.
func split(inst *build.Instance, keep Parts) (all []part, top int) {
	var blocks []*ast.StructLit
	var names []string
	for _, f := range inst.Files {
		if !source.Written(f.Pos()) {
			continue
		}
		f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
			switch d := d.(type) {
			case *ast.Package, *ast.ImportDecl, *ast.CommentGroup, *ast.Attribute:
				return false
			case *ast.Field:
				name, _, err := ast.LabelName(d.Label)
				if block, ok := d.Value.(*ast.StructLit); ok && err == nil && source.IsSection(name) {
					blocks, names = append(blocks, block), append(names, name)
					return false
				}
			}
			all = append(all, part{label(nil, d), source.Place(d.Pos())})
			return keep != nil && !keep.has(len(all)-1) && !emptied(d)
		})
	}
	top = len(all)
	for i, block := range blocks {
		block.Elts = slices.DeleteFunc(block.Elts, func(d ast.Decl) bool {
			all = append(all, part{label(names[i:i+1], d), source.Place(d.Pos())})
			return keep != nil && !keep.has(len(all)-1)
		})
	}
	return all, top
}

// emptied takes the value out of a declaration with a name, and reports whether it has one.
func emptied(d ast.Decl) bool {
	switch d := d.(type) {
	case *ast.Field:
		d.Value = ast.NewIdent("_")
		return true
	case *ast.LetClause:
		d.Expr = ast.NewIdent("_")
		return true
	}
	return false
}

// label returns the path of a declaration in what is at path.
func label(path []string, d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.Field:
		if name, _, err := ast.LabelName(d.Label); err == nil {
			return append(slices.Clone(path), name)
		}
	case *ast.LetClause:
		return append(slices.Clone(path), d.Ident.Name)
	}
	return path
}
