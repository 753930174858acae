package evaluate

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/literal"

	"stillsuit.dev/finding"
)

// static finds what CUE has no error for, or a misleading one, before the
// package is evaluated: names of imports that a label hides, and definitions
// that the schemas do not have.
func (x *explainer) static(inst *build.Instance) []finding.Finding {
	x.inst = inst
	var fs []finding.Finding
	var defined []string
	if x.schema != nil {
		defined = definitions(x.schema)
	}
	for _, f := range inst.Files {
		imported := importNames(f)
		alias := schemaAlias(f)
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
				mend := didYouMean(finding.Suggest(name, defined))
				if mend == "" {
					mend = "its definitions are " + finding.All(defined)
				}
				fs = append(fs, finding.Finding{
					Code: "cue/unknown-definition", Severity: finding.Error, Place: place(sel.Sel.Pos()),
					Fact: fmt.Sprintf("%s.%s does not exist", alias, name), Mend: mend,
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

// importNames returns the names under which f imports packages.
func importNames(f *ast.File) []string {
	var names []string
	for spec := range f.ImportSpecs() {
		if spec.Name != nil {
			names = append(names, spec.Name.Name)
		} else if p, err := literal.Unquote(spec.Path.Value); err == nil {
			names = append(names, ast.ParseImportPath(p).Qualifier)
		}
	}
	return names
}

// shadowed tells that ident names a field and not the import of the same name.
func shadowed(f *ast.File, ident *ast.Ident, name string) finding.Finding {
	at := place(ident.Pos())
	ast.Walk(f, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && (field.Value == ident.Node || ast.Node(field) == ident.Node) {
			at = place(field.Pos())
		}
		return true
	}, nil)
	return finding.Finding{
		Code: "cue/shadowed-import", Severity: finding.Error, Place: at,
		Fact:     fmt.Sprintf("the label %s hides the import of the same name from %s.%s on line %d", ident.Name, ident.Name, name, ident.Pos().Line()),
		Contrast: "", Mend: fmt.Sprintf("write the label in quotes: %q", ident.Name),
	}
}

// topLevel finds fields at the top level of a cluster's package that mean
// nothing there.
func (x *explainer) topLevel(inst *build.Instance) []finding.Finding {
	known := x.topLevelNames()
	var fs []finding.Finding
	seen := map[string]bool{}
	for name, fields := range topLevelFields(inst) {
		if !slices.Contains(known, name) && !hidden(fields[0]) {
			seen[name] = true
			for _, f := range fields {
				fs = append(fs, x.unknownTopLevel(name, place(f.Pos())))
			}
		}
	}
	if _, ok := topLevelFields(inst)["cluster"]; !ok {
		fs = append(fs, finding.Finding{
			Code: "cue/not-set", Severity: finding.Error, Place: x.places.first, Path: "cluster",
			Fact: "this package has no field cluster", Contrast: "a cluster says at least its name and nodes",
			Mend: "add cluster: v1alpha1.#Cluster & {…}",
		})
	}
	// Fields that a comprehension or an embedded value brings.
	it, err := x.value.Fields()
	if err != nil {
		return fs
	}
	for it.Next() {
		name := it.Selector().Unquoted()
		if !slices.Contains(known, name) && !seen[name] && it.Selector().LabelType() == cue.StringLabel {
			fs = append(fs, x.unknownTopLevel(name, x.places.nearest(x.value, []string{name})))
		}
	}
	return fs
}

// hidden reports whether a field's label is hidden or that of a definition.
func hidden(f *ast.Field) bool {
	name, isIdent, _ := ast.LabelName(f.Label)
	return isIdent && (strings.HasPrefix(name, "_") || strings.HasPrefix(name, "#"))
}
