package syntax

import (
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/literal"

	"stillsuit.dev/generator/evaluate/internal/source"
)

// ImportNames returns the names under which f imports packages.
func ImportNames(f *ast.File) []string {
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

// SchemaAlias returns the name under which f imports the schemas, or "".
func SchemaAlias(f *ast.File) string {
	for spec := range f.ImportSpecs() {
		if p := strings.Trim(spec.Path.Value, `"`); source.IsSchema(p) {
			if spec.Name != nil {
				return spec.Name.Name
			}
			return path.Base(source.SchemaPackage)
		}
	}
	return ""
}

// Definitions returns the names of the definitions of a package.
func Definitions(inst *build.Instance) []string {
	var names []string
	for _, f := range inst.Files {
		for _, d := range f.Decls {
			if field, ok := d.(*ast.Field); ok {
				if name, _, err := ast.LabelName(field.Label); err == nil && strings.HasPrefix(name, "#") {
					names = append(names, name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
