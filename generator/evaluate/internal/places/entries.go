package places

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/generator/evaluate/internal/source"
)

// entries are the fields that are written as `apps: immich: {…}`, by section
// and name, as far as nothing else can give their value a better place: taking
// an evaluated value apart costs a hundred times as much, and the seal of every
// unit names the file that its app is written in.
type entries map[string]map[string]*ast.Field

// newEntries reads the files of inst that a user wrote.
func newEntries(inst *build.Instance) entries {
	e := entries{}
	for _, f := range inst.Files {
		if !source.Written(f.Pos()) {
			continue
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.Package, *ast.ImportDecl, *ast.LetClause, *ast.CommentGroup, *ast.Attribute:
			case *ast.Field:
				if name, _, err := ast.LabelName(d.Label); err == nil {
					e.section(name, d)
					continue
				}
				return nil // a pattern or a computed label: it may give any section anything
			default:
				return nil
			}
		}
	}
	return e
}

// section adds the entries of a field at the top level. A section that holds
// anything but fields, or is no block, is not looked at: its map becomes nil.
func (e entries) section(name string, field *ast.Field) {
	known, seen := e[name]
	if !seen {
		known = map[string]*ast.Field{}
		e[name] = known
	}
	if known == nil {
		return
	}
	block, ok := fieldsOnly(field)
	if !ok {
		e[name] = nil
		return
	}
	for _, d := range block.Elts {
		entry, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		label, _, err := ast.LabelName(entry.Label)
		if err != nil {
			continue // a field that names its value comes first
		}
		_, twice := known[label]
		known[label] = nil
		if _, ok := fieldsOnly(entry); ok && !twice {
			known[label] = entry
		}
	}
}

// fieldsOnly returns the block that is the field's value, and false when it is
// something else, or takes fields from somewhere else.
func fieldsOnly(field *ast.Field) (*ast.StructLit, bool) {
	block, ok := field.Value.(*ast.StructLit)
	if !ok || field.Constraint != token.ILLEGAL {
		return nil, false
	}
	for _, d := range block.Elts {
		switch d.(type) {
		case *ast.Field, *ast.LetClause, *ast.CommentGroup, *ast.Attribute:
		default:
			return nil, false
		}
	}
	return block, true
}

// at returns the field at a path, nil when it has to be looked for.
func (e entries) at(path []string) *ast.Field {
	if len(path) != 2 {
		return nil
	}
	return e[path[0]][path[1]]
}
