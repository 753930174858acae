package evaluate

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/mod/modfile"

	"stillsuit.dev/finding"
)

// imported is one import line.
type imported struct {
	path string
	at   finding.Place
}

// importsOf returns the imports of the files in a directory of the source.
func (r *Repo) importsOf(dir string) []imported {
	var found []imported
	names, _ := r.cueFiles(dir)
	for _, name := range names {
		data, err := r.src.read(dir + "/" + name)
		if err != nil {
			continue
		}
		f, err := parser.ParseFile("/"+dir+"/"+name, data, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for spec := range f.ImportSpecs() {
			if p, err := literal.Unquote(spec.Path.Value); err == nil {
				found = append(found, imported{p, place(spec.Path.Pos())})
			}
		}
	}
	return found
}

// modulePath returns the repository's module, without its major version, and
// the modules that it depends on.
func (r *Repo) modulePath() (own string, deps []string) {
	data, err := r.src.read(repoMount + "/" + moduleFile)
	if err != nil {
		return "", nil
	}
	mf, err := modfile.ParseNonStrict(data, moduleFile)
	if err != nil {
		return "", nil
	}
	own, _, _ = strings.Cut(mf.QualifiedModule(), "@")
	return own, slices.Sorted(maps.Keys(mf.Deps))
}

// dirOf returns the directory of an imported package in the source, or "" when
// it is in neither the repository nor the embedded module.
func (r *Repo) dirOf(importPath string) string {
	p := ast.ParseImportPath(importPath).Path
	own, _ := r.modulePath()
	if rest, ok := strings.CutPrefix(p, own+"/"); ok && own != "" {
		return repoMount + "/" + rest
	}
	if rest, ok := strings.CutPrefix(p, moduleName+"/"); ok {
		return moduleMount + "/" + rest
	}
	for _, sub := range []string{"pkg", "usr", "gen"} {
		dir := repoMount + "/cue.mod/" + sub + "/" + p
		if files, err := r.cueFiles(dir); err == nil && len(files) > 0 {
			return dir
		}
	}
	return ""
}

// imports tells of imports that cannot be found, and of those that go round in
// a circle, in the package and in what it imports.
func (x *explainer) imports() []finding.Finding {
	var fs []finding.Finding
	var stack []string
	done := map[string]bool{}
	var visit func(dir string)
	visit = func(dir string) {
		stack = append(stack, dir)
		defer func() { stack = stack[:len(stack)-1]; done[dir] = true }()
		for _, imp := range x.repo.importsOf(dir) {
			first, _, _ := strings.Cut(imp.path, "/")
			if !strings.Contains(first, ".") {
				continue // CUE's own packages are checked when they are used
			}
			target := x.repo.dirOf(imp.path)
			if f, bad := x.unknownImport(imp, target); bad {
				fs = append(fs, f)
				continue
			}
			if i := slices.Index(stack, target); i >= 0 {
				var way []string
				for _, d := range append(slices.Clone(stack[i:]), target) {
					way = append(way, display(d))
				}
				fs = append(fs, finding.Finding{
					Code: "cue/import-cycle", Severity: finding.Error, Place: imp.at,
					Fact: "these packages import each other: " + strings.Join(way, " → "), Mend: "take one of these imports out",
				})
				continue
			}
			if !done[target] {
				visit(target)
			}
		}
	}
	visit(x.dir)
	return fs
}

// unknownImport tells whether an import cannot be found, and why.
func (x *explainer) unknownImport(imp imported, dir string) (finding.Finding, bool) {
	f := finding.Finding{Code: "cue/unknown-import", Severity: finding.Error, Place: imp.at, Fact: fmt.Sprintf("there is no package %q", imp.path)}
	if dir == "" {
		f.Contrast = "only packages of this repository and of " + moduleName + " can be imported, since nothing is fetched"
		f.Mend = "copy the package into the repository"
		return f, true
	}
	own, deps := x.repo.modulePath()
	if strings.HasPrefix(dir, moduleMount+"/") && own != moduleName && !slices.Contains(deps, ModulePath) {
		f.Fact = fmt.Sprintf("%q is imported", imp.path)
		f.Contrast = fmt.Sprintf("%s does not depend on %s", moduleFile, ModulePath)
		f.Mend = fmt.Sprintf("add deps: %q: v: %q to it", ModulePath, ModuleVersion)
		return f, true
	}
	if files, err := x.repo.cueFiles(dir); err == nil && len(files) > 0 {
		return f, false
	}
	siblings, err := x.repo.packages(path.Dir(dir))
	if err == nil {
		prefix := path.Dir(ast.ParseImportPath(imp.path).Path) + "/"
		if s := finding.Suggest(path.Base(dir), siblings); s != "" {
			f.Mend = didYouMean(fmt.Sprintf("%q", prefix+s))
		} else if len(siblings) > 0 {
			f.Mend = fmt.Sprintf("%s has %s", strings.TrimSuffix(prefix, "/"), finding.All(siblings))
		}
	}
	return f, true
}
