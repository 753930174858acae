package cuedoc

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	"stillsuit.dev/generator/evaluate"
)

// Concept is a file of the schemas: definitions that belong together.
type Concept struct {
	// Name is the file's name without its ending: volume.
	Name string
	// Doc is the comment of the file's package clause, "" without one.
	Doc string
	// Definitions are in the order of the file.
	Definitions []Definition
}

// Definition is a definition of the schemas, as a user reads it.
type Definition struct {
	// Name is its name in CUE: #Volume.
	Name string
	// Doc is its comment, one line a paragraph.
	Doc string
	// Section is the field at the top level of a cluster's package that holds it
	// (cluster), or holds several by name (apps.NAME); "" for what stands elsewhere.
	Section string
	// Of are the definitions whose fields it has besides its own: #Workload.
	Of []string
	// Fields are its own, in the order of the file.
	Fields []SchemaField
	// Type is what a definition without fields stands for, as SchemaField has it.
	Type string
	// Refusal is what is said of another value, "" when CUE's own words are.
	Refusal string
	// Facts are the values that it sets, as CUE: arch: "arm64".
	Facts []string
}

// SchemaField is a field of a definition.
type SchemaField struct {
	Name string
	// Doc is its comment, one line a paragraph.
	Doc string
	// Type says in plain words what may be written, with definitions by their name
	// in CUE: list of text, by name: #Volume.
	Type string
	// Refusal is what is said of another value, "" when CUE's own words are.
	Refusal string
	// Fields are those of a block that is written in place.
	Fields []SchemaField
}

// Concepts reads the files of the schemas, which lie in v1alpha1 as in
// evaluate.Options.Schemas, sorted by name. It is an error when a form of CUE stands there
// that it has no words for.
func Concepts(schemas fs.FS) ([]Concept, error) {
	names, err := fs.Glob(schemas, "v1alpha1/*.cue")
	if err != nil {
		return nil, err
	}
	var out []Concept
	for _, name := range names {
		b, err := fs.ReadFile(schemas, name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(name, b, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		c := Concept{Name: strings.TrimSuffix(path.Base(name), ".cue"), Doc: packageDoc(f)}
		for _, d := range f.Decls {
			field, ok := d.(*ast.Field)
			if !ok {
				continue
			}
			definition, err := newDefinition(field)
			if err != nil {
				return nil, fmt.Errorf("describe %s: %w", name, err)
			}
			c.Definitions = append(c.Definitions, definition)
		}
		out = append(out, c)
	}
	return out, nil
}

func newDefinition(field *ast.Field) (Definition, error) {
	name, _, err := ast.LabelName(field.Label)
	if err != nil {
		return Definition{}, fmt.Errorf("a pattern at the top level: %w", err)
	}
	d := Definition{Name: name, Doc: doc(field)}
	d.Section = evaluate.Section(name)
	value := field.Value
	if and, ok := value.(*ast.BinaryExpr); ok && and.Op == token.AND {
		if of, ok := and.X.(*ast.Ident); ok {
			d.Of, value = []string{of.Name}, and.Y
		}
	}
	block, ok := value.(*ast.StructLit)
	if !ok {
		d.Type, d.Refusal, err = typeWords(value)
	} else if err = d.block(block); err == nil {
		d.Fields, err = schemaFields(block)
	}
	if err != nil {
		return Definition{}, fmt.Errorf("%s: %w", name, err)
	}
	return d, nil
}

// block takes in what a definition's block holds besides fields to fill in.
func (d *Definition) block(block *ast.StructLit) error {
	for _, decl := range block.Elts {
		switch decl := decl.(type) {
		case *ast.EmbedDecl:
			of, ok := decl.Expr.(*ast.Ident)
			if !ok {
				return fmt.Errorf("no words for the embedded %s", codeText(decl.Expr))
			}
			d.Of = append(d.Of, of.Name)
		case *ast.Field:
			if decl.Constraint == token.ILLEGAL {
				name, _, err := ast.LabelName(decl.Label)
				if err != nil {
					return fmt.Errorf("no words for the label %s", codeText(decl.Label))
				}
				d.Facts = append(d.Facts, name+": "+codeText(decl.Value))
			}
		}
	}
	return nil
}

// schemaFields are the optional and required fields of a block.
func schemaFields(block *ast.StructLit) ([]SchemaField, error) {
	var out []SchemaField
	for _, decl := range block.Elts {
		field, ok := decl.(*ast.Field)
		if !ok || field.Constraint == token.ILLEGAL {
			continue
		}
		name, _, err := ast.LabelName(field.Label)
		if err != nil {
			return nil, fmt.Errorf("no words for the label %s", codeText(field.Label))
		}
		f := SchemaField{Name: name, Doc: doc(field)}
		if inner, ok := field.Value.(*ast.StructLit); ok && !anyName(inner) && !anyFields(inner) {
			f.Type = "block"
			f.Fields, err = schemaFields(inner)
		} else {
			f.Type, f.Refusal, err = typeWords(field.Value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, f)
	}
	return out, nil
}

// doc is the comment of a node, with each paragraph on a line.
func doc(n ast.Node) string {
	var out []string
	for _, group := range ast.Comments(n) {
		if !group.Doc {
			continue
		}
		for _, paragraph := range strings.Split(group.Text(), "\n\n") {
			out = append(out, strings.Join(strings.Fields(paragraph), " "))
		}
	}
	return strings.Join(out, "\n")
}

// packageDoc is the comment of a file's package clause.
func packageDoc(f *ast.File) string {
	for _, d := range f.Decls {
		if p, ok := d.(*ast.Package); ok {
			if text := doc(p); text != "" {
				return text
			}
			return doc(f)
		}
	}
	return ""
}
