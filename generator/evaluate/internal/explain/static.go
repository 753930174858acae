package explain

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// static finds what CUE has no error for, or a misleading one, before the
// package is evaluated: names of imports that a label hides, and definitions
// that the schemas do not have.
func static(inst, schema *build.Instance) []finding.Finding {
	var fs []finding.Finding
	var defined []string
	if schema != nil {
		defined = syntax.Definitions(schema)
	}
	for _, f := range inst.Files {
		imported := syntax.ImportNames(f)
		alias := syntax.SchemaAlias(f)
		if len(imported) == 0 {
			continue
		}
		ast.Walk(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			ident, ok := sel.X.(*ast.Ident)
			name, _, err := ast.LabelName(sel.Sel)
			if !ok || err != nil || !slices.Contains(imported, ident.Name) {
				return true
			}
			if _, isImport := ident.Node.(*ast.ImportSpec); !isImport && ident.Node != nil && exported(name) {
				fs = append(fs, shadowed(f, ident, name))
			} else if isImport && ident.Name == alias && strings.HasPrefix(name, "#") && !slices.Contains(defined, name) {
				mend := words.DidYouMean(finding.Suggest(name, defined))
				if mend == "" {
					mend = "its definitions are " + finding.All(defined)
				}
				fs = append(fs, finding.Finding{
					Code: "cue/unknown-definition", Severity: finding.Error, Place: source.Place(sel.Sel.Pos()),
					Problem: fmt.Sprintf("%s.%s does not exist", alias, name), Fix: mend,
				})
			}
			return true
		}, nil)
	}
	return fs
}

// exported reports whether name looks like one that a package gives out.
func exported(name string) bool {
	r := []rune(name)
	return len(r) > 0 && (r[0] == '#' || unicode.IsUpper(r[0]))
}

// shadowed tells that ident names a field and not the import of the same name.
func shadowed(f *ast.File, ident *ast.Ident, name string) finding.Finding {
	at := source.Place(ident.Pos())
	ast.Walk(f, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && (field.Value == ident.Node || ast.Node(field) == ident.Node) {
			at = source.Place(field.Pos())
		}
		return true
	}, nil)
	return finding.Finding{
		Code: "cue/shadowed-import", Severity: finding.Error, Place: at,
		Problem: fmt.Sprintf("the label %s hides the import of the same name from %s.%s on line %d", ident.Name, ident.Name, name, ident.Pos().Line()),
		Detail:  "", Fix: fmt.Sprintf("write the label in quotes: %q", ident.Name),
	}
}
