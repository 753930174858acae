package places

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// entries are the fields that are written as `apps: immich: {…}`, or as
// `apps: immich: v1alpha1.#App & {…}`, by section and name, as far as nothing else can give their value a better place: taking
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
		schema := syntax.SchemaAlias(f)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.Package, *ast.ImportDecl, *ast.LetClause, *ast.CommentGroup, *ast.Attribute:
			case *ast.Field:
				if name, _, err := ast.LabelName(d.Label); err == nil {
					e.section(name, d, schema)
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
// anything but fields, or is no block, is not looked at: its map becomes nil. The file
// imports the schemas under the name schema.
func (e entries) section(name string, field *ast.Field, schema string) {
	known, seen := e[name]
	if !seen {
		known = map[string]*ast.Field{}
		e[name] = known
	}
	if known == nil {
		return
	}
	block, isBlock := field.Value.(*ast.StructLit)
	if !isBlock || !fieldsOnly(field, block) {
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
		if !twice && fieldsOnly(entry, syntax.TypedBy(schema, entry.Value)) {
			known[label] = entry
		}
	}
}

// fieldsOnly reports whether the field's value is a block that takes no fields from
// somewhere else.
func fieldsOnly(field *ast.Field, block *ast.StructLit) bool {
	if block == nil || field.Constraint != token.ILLEGAL {
		return false
	}
	for _, d := range block.Elts {
		switch d.(type) {
		case *ast.Field, *ast.LetClause, *ast.CommentGroup, *ast.Attribute:
		default:
			return false
		}
	}
	return true
}

// at returns the field at a path, nil when it has to be looked for.
func (e entries) at(path []string) *ast.Field {
	if len(path) != 2 {
		return nil
	}
	return e[path[0]][path[1]]
}
