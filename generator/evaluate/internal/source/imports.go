package source

import (
	"maps"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/mod/modfile"

	"stillsuit.dev/finding"
)

// Import is one import line.
type Import struct {
	Path string
	At   finding.Place
}

// Imports returns the imports of the files in a directory of the source.
func (r *Repository) Imports(dir string) []Import {
	var found []Import
	names, _ := r.CUEFiles(dir)
	for _, name := range names {
		data, err := r.Read(dir + "/" + name)
		if err != nil {
			continue
		}
		f, err := parser.ParseFile("/"+dir+"/"+name, data, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for spec := range f.ImportSpecs() {
			if p, err := literal.Unquote(spec.Path.Value); err == nil {
				found = append(found, Import{p, Place(spec.Path.Pos())})
			}
		}
	}
	return found
}

// Module returns the repository's module, without its major version, and
// the modules that it depends on.
func (r *Repository) Module() (own string, deps []string) {
	data, err := r.Read(RepoMount + "/" + ModuleFile)
	if err != nil {
		return "", nil
	}
	mf, err := modfile.ParseNonStrict(data, ModuleFile)
	if err != nil {
		return "", nil
	}
	own, _, _ = strings.Cut(mf.QualifiedModule(), "@")
	return own, slices.Sorted(maps.Keys(mf.Deps))
}

// Dir returns the directory of an imported package in the source, or "" when
// it is in neither the repository nor the embedded module.
func (r *Repository) Dir(importPath string) string {
	p := ast.ParseImportPath(importPath).Path
	own, _ := r.Module()
	if rest, ok := strings.CutPrefix(p, own+"/"); ok && own != "" {
		return RepoMount + "/" + rest
	}
	if rest, ok := strings.CutPrefix(p, ModuleName+"/"); ok {
		return ModuleMount + "/" + rest
	}
	for _, sub := range []string{"pkg", "usr", "gen"} {
		dir := RepoMount + "/cue.mod/" + sub + "/" + p
		if files, err := r.CUEFiles(dir); err == nil && len(files) > 0 {
			return dir
		}
	}
	return ""
}
