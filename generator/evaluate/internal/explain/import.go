package explain

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// imports tells of imports that cannot be found, and of those that go round in
// a circle, in the package and in what it imports.
func (l *loading) imports() []finding.Finding {
	var fs []finding.Finding
	var stack []string
	done := map[string]bool{}
	var visit func(dir string)
	visit = func(dir string) {
		stack = append(stack, dir)
		defer func() { stack = stack[:len(stack)-1]; done[dir] = true }()
		for _, imp := range l.src.Imports(dir) {
			first, _, _ := strings.Cut(imp.Path, "/")
			if !strings.Contains(first, ".") {
				continue // CUE's own packages are checked when they are used
			}
			target := l.src.Dir(imp.Path)
			if f, bad := l.unknownImport(imp, target); bad {
				fs = append(fs, f)
				continue
			}
			if i := slices.Index(stack, target); i >= 0 {
				var way []string
				for _, d := range append(slices.Clone(stack[i:]), target) {
					way = append(way, source.Display(d))
				}
				fs = append(fs, finding.Finding{
					Code: "cue/import-cycle", Severity: finding.Error, Place: imp.At,
					Problem: "these packages import each other: " + strings.Join(way, " → "), Fix: "take one of these imports out",
				})
				continue
			}
			if !done[target] {
				visit(target)
			}
		}
	}
	visit(l.dir)
	return fs
}

// unknownImport tells whether an import cannot be found, and why.
func (l *loading) unknownImport(imp source.Import, dir string) (finding.Finding, bool) {
	f := finding.Finding{Code: "cue/unknown-import", Severity: finding.Error, Place: imp.At, Problem: fmt.Sprintf("there is no package %q", imp.Path)}
	if dir == "" {
		f.Detail = "only packages of this repository and of " + source.ModuleName + " can be imported, since nothing is fetched"
		f.Fix = "copy the package into the repository"
		return f, true
	}
	own, deps := l.src.Module()
	if strings.HasPrefix(dir, source.ModuleMount+"/") && own != source.ModuleName && !slices.Contains(deps, source.ModulePath) {
		f.Problem = fmt.Sprintf("%q is imported", imp.Path)
		f.Detail = fmt.Sprintf("%s does not depend on %s", source.ModuleFile, source.ModulePath)
		f.Fix = fmt.Sprintf("add deps: %q: v: %q to it", source.ModulePath, source.ModuleVersion)
		return f, true
	}
	if files, err := l.src.CUEFiles(dir); err == nil && len(files) > 0 {
		return f, false
	}
	siblings, err := l.src.Packages(path.Dir(dir))
	if err == nil {
		prefix := path.Dir(ast.ParseImportPath(imp.Path).Path) + "/"
		if s := finding.Suggest(path.Base(dir), siblings); s != "" {
			f.Fix = words.DidYouMean(fmt.Sprintf("%q", prefix+s))
		} else if len(siblings) > 0 {
			f.Fix = fmt.Sprintf("%s has %s", strings.TrimSuffix(prefix, "/"), finding.All(siblings))
		}
	}
	return f, true
}
