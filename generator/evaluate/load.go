package evaluate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/crash"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// constraintLines returns CUE lines which say that each field is of its
// definition, unless the user's own files say just that already. Definitions
// that the schemas lack are left out.
func constraintLines(inst, schema *build.Instance, constraints []source.TopLevel) string {
	if schema == nil {
		return ""
	}
	said := patterns(inst)
	defined := syntax.Definitions(schema)
	var b strings.Builder
	for _, c := range constraints {
		switch {
		case !slices.Contains(defined, c.Definition) || c.Each && slices.Contains(said, c):
		case c.Each:
			fmt.Fprintf(&b, "%s: [_]: %s.%s\n", c.Field, schemaImport, c.Definition)
		default:
			fmt.Fprintf(&b, "%s: %s.%s\n", c.Field, schemaImport, c.Definition)
		}
	}
	return b.String()
}

// The names under which added lines refer to packages.
const (
	schemaImport  = "stillsuitSchemas"
	clusterImport = "stillsuitCluster"
)

// add puts lines into the package inst, which the loader has completed. The
// lines may refer to the packages in imports by these names.
func add(inst *build.Instance, lines string, imports map[string]*build.Instance) error {
	if lines == "" {
		return nil
	}
	text := "package " + inst.PkgName + "\n"
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		if pkg := imports[name]; pkg != nil && strings.Contains(lines, name+".") {
			text += fmt.Sprintf("import %s %q\n", name, pkg.ImportPath)
		}
	}
	f, err := parser.ParseFile(constraintFile, text+lines)
	if err != nil {
		return fmt.Errorf("add lines to %s: %w", inst.PkgName, err)
	}
	if err := inst.AddSyntax(f); err != nil {
		return fmt.Errorf("add lines to %s: %w", inst.PkgName, err)
	}
	for spec := range f.ImportSpecs() {
		for _, ident := range f.Unresolved {
			if ident.Name == spec.Name.Name {
				ident.Node = spec
			}
		}
		if pkg := imports[spec.Name.Name]; inst.LookupImport(pkg.ImportPath) == nil {
			inst.Imports = append(inst.Imports, pkg)
		}
	}
	f.Unresolved = nil
	return nil
}

// constraintFile names the file of added lines in CUE's positions.
const constraintFile = "stillsuit:constraints"

// patterns returns the lines of the form `apps: [_]: v1alpha1.#App` in the
// files of inst.
func patterns(inst *build.Instance) []source.TopLevel {
	var found []source.TopLevel
	for _, f := range inst.Files {
		alias := syntax.SchemaAlias(f)
		for _, d := range f.Decls {
			field, ok := d.(*ast.Field)
			if !ok || alias == "" {
				continue
			}
			name, _, err := ast.LabelName(field.Label)
			lit, ok := field.Value.(*ast.StructLit)
			if err != nil || !ok || len(lit.Elts) != 1 || field.Constraint != token.ILLEGAL {
				continue
			}
			inner, ok := lit.Elts[0].(*ast.Field)
			if !ok || !anyLabel(inner.Label) {
				continue
			}
			if sel, ok := inner.Value.(*ast.SelectorExpr); ok {
				x, isIdent := sel.X.(*ast.Ident)
				if def, _, err := ast.LabelName(sel.Sel); err == nil && isIdent && x.Name == alias {
					found = append(found, source.TopLevel{Field: name, Definition: def, Each: true})
				}
			}
		}
	}
	return found
}

// anyLabel reports whether a label is [_] or [string].
func anyLabel(l ast.Label) bool {
	list, ok := l.(*ast.ListLit)
	if !ok || len(list.Elts) != 1 {
		return false
	}
	ident, ok := list.Elts[0].(*ast.Ident)
	return ok && (ident.Name == "_" || ident.Name == "string")
}

// guard turns a panic of CUE into an error. Use it with defer.
func guard(what string, err *error) {
	if p := recover(); p != nil {
		*err = crash.New("evaluating "+what, p)
	}
}
