package cuedoc

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"
	"stillsuit.dev/generator/evaluate"
)

// Listed is what a catalogue entry says of itself, whatever the cluster.
type Listed struct {
	// Name is that of its directory, which from names it by.
	Name string
	// Kinds are evaluate.KindApp, KindContainer and KindChart, as far as the entry can be
	// one, in this order.
	Kinds []string
	// Doc is the comment of its package, one line a paragraph.
	Doc string
}

// List reads the entries of a catalogue, as in evaluate.Options.Catalogue, sorted by name.
func List(catalogue fs.FS) ([]Listed, error) {
	names, err := fs.Glob(catalogue, "*/*.cue")
	if err != nil {
		return nil, err
	}
	var out []Listed
	for _, name := range names {
		b, err := fs.ReadFile(catalogue, name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(name, b, parser.ParseComments)
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		if dir := path.Dir(name); len(out) == 0 || out[len(out)-1].Name != dir {
			out = append(out, Listed{Name: dir})
		}
		entry := &out[len(out)-1]
		if text := packageDoc(f); entry.Doc == "" {
			entry.Doc = text
		}
		for _, kind := range []string{evaluate.KindApp, evaluate.KindContainer, evaluate.KindChart} {
			if has(f, kind) && !slices.Contains(entry.Kinds, kind) {
				entry.Kinds = append(entry.Kinds, kind)
			}
		}
	}
	return out, nil
}

// has reports whether a file has a field of that name at its top level.
func has(f *ast.File, name string) bool {
	for _, d := range f.Decls {
		if field, ok := d.(*ast.Field); ok {
			if label, _, err := ast.LabelName(field.Label); err == nil && label == name {
				return true
			}
		}
	}
	return false
}
