package evaluate

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/load"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
	"cuelang.org/go/mod/modfile"

	"stillsuit.dev/finding"
)

// loaded explains why a package could not be read and parsed; nothing when it
// could.
func (x *explainer) loaded(inst *build.Instance) []finding.Finding {
	x.inst = inst
	var fs []finding.Finding
	for _, f := range inst.IgnoredFiles {
		if f.ExcludeReason != nil && strings.Contains(f.ExcludeReason.Error(), "no package name") {
			fs = append(fs, x.noPackage(f.Filename))
		}
	}
	if inst.Err == nil {
		return fs
	}
	fs = append(fs, x.unreadable()...)
	fs = append(fs, x.module()...)
	for _, e := range errors.Errors(inst.Err) {
		var many *load.MultiplePackageError
		var none *load.NoFilesError
		c := unwrap(e)
		switch {
		case errors.As(e, &many):
			fs = append(fs, x.packages()...)
		case errors.As(e, &none) && len(fs) > 0:
		case strings.Contains(c.err.Error(), "import failed") || strings.Contains(c.format, "import cycle") || strings.Contains(e.Error(), "cannot find package"):
			if !isPackageError(e) && c.pos.IsValid() {
				fs = append(fs, x.syntax(c))
			} else {
				fs = append(fs, x.imports()...)
			}
		case c.pos.IsValid():
			fs = append(fs, x.syntax(c))
		}
	}
	fs = onePerLine(fs)
	if len(fs) == 0 {
		c := unwrap(errors.Errors(inst.Err)[0])
		if f, ok := x.moduleRefused(); ok {
			return []finding.Finding{f}
		}
		f := x.other(cueError{format: "%s", args: []any{inst.Err.Error()}, pos: c.pos})
		if f.Place.IsZero() {
			f.Place.File = display(x.dir)
		}
		fs = append(fs, f)
	}
	return fs
}

func isPackageError(e error) bool {
	var p *load.PackageError
	return errors.As(e, &p)
}

// onePerLine keeps the first finding of each line, and leaves out what follows
// from it: a parser that has lost its way says more than there is to say.
func onePerLine(fs []finding.Finding) []finding.Finding {
	fs = finding.Sort(fs)
	lost := map[string]bool{} // files in which a text does not end
	fs = slices.DeleteFunc(fs, func(f finding.Finding) bool {
		skip := lost[f.Place.File]
		lost[f.Place.File] = lost[f.Place.File] || f.Problem == unendedText
		return skip
	})
	return slices.CompactFunc(fs, func(f, before finding.Finding) bool {
		sameLine := f.Place.Line == before.Place.Line && (f.Place.Line > 0 || f.Problem == before.Problem)
		return f.Place.File == before.Place.File && (sameLine || strings.HasSuffix(f.Problem, closesNothing))
	})
}

func (x *explainer) noPackage(file string) finding.Finding {
	return finding.Finding{
		Code: "cue/no-package", Severity: finding.Error, Place: finding.Place{File: display(file), Line: 1, Column: 1},
		Problem: "this file does not say which package it is part of", Detail: "CUE leaves such a file out",
		Fix: "begin it with package " + x.packageName(),
	}
}

// packageName returns the name that most files of the package's directory say,
// else the directory's.
func (x *explainer) packageName() string {
	count := map[string]int{}
	best := ""
	clauses := x.clauses()
	for _, file := range slices.Sorted(maps.Keys(clauses)) {
		pkg := clauses[file].name
		if pkg == "" {
			continue
		}
		if count[pkg]++; best == "" || count[pkg] > count[best] || count[pkg] == count[best] && pkg == path.Base(x.dir) {
			best = pkg
		}
	}
	if best == "" {
		return strings.ReplaceAll(path.Base(x.dir), "-", "_")
	}
	return best
}

// clause is a file's package clause.
type clause struct {
	name string
	at   finding.Place
}

// clauses returns the package clauses of the files in the package's directory.
func (x *explainer) clauses() map[string]clause {
	found := map[string]clause{}
	names, _ := x.repo.cueFiles(x.dir)
	for _, name := range names {
		file := x.dir + "/" + name
		data, err := x.repo.src.read(file)
		if err != nil {
			continue
		}
		f, err := parser.ParseFile("/"+file, data, parser.PackageClauseOnly)
		if err != nil {
			continue
		}
		c := clause{name: f.PackageName()}
		for _, d := range f.Decls {
			if p, ok := d.(*ast.Package); ok {
				c.at = place(p.Name.Pos())
			}
		}
		found[file] = c
	}
	return found
}

// packages tells of files that say another package than the rest.
func (x *explainer) packages() []finding.Finding {
	want := x.packageName()
	var fs []finding.Finding
	for _, c := range x.clauses() {
		if c.name != "" && c.name != want {
			fs = append(fs, finding.Finding{
				Code: "cue/wrong-package", Severity: finding.Error, Place: c.at,
				Problem: "this file says package " + c.name, Detail: fmt.Sprintf("%s is package %s", display(x.dir), want),
				Fix: "write package " + want,
			})
		}
	}
	return fs
}

// unreadable tells of files in the package's directory, or in the repository's
// CUE directories that it imports, that exist and must not be read.
func (x *explainer) unreadable() []finding.Finding {
	x.repo.src.mu.Lock()
	defer x.repo.src.mu.Unlock()
	var fs []finding.Finding
	dirs := []string{x.dir}
	for _, dep := range x.inst.Dependencies() {
		dirs = append(dirs, strings.TrimPrefix(dep.Dir, "/"))
	}
	for name, why := range x.repo.src.bad {
		if !slices.ContainsFunc(dirs, func(d string) bool { return name == d || path.Dir(name) == d }) {
			continue
		}
		f := finding.Finding{
			Code: "cue/unreadable", Severity: finding.Error, Place: finding.Place{File: display(name)},
			Problem: "this file " + why.Error(), Detail: "only files in the repository are read", Fix: "put a copy in its place",
		}
		if !errors.Is(why, errOutside) {
			f.Detail, f.Fix = "", "move it away, or split it"
		}
		fs = append(fs, f)
	}
	return fs
}

// module tells of a cue.mod that asks for another version of the module
// stillsuit.dev than this program has.
func (x *explainer) module() []finding.Finding {
	name := repoMount + "/" + moduleFile
	data, err := x.repo.src.read(name)
	if err != nil {
		return nil
	}
	f, err := parser.ParseFile("/"+name, data)
	if err != nil {
		var fs []finding.Finding
		for _, e := range errors.Errors(err) {
			fs = append(fs, x.syntax(unwrap(e)))
		}
		return fs
	}
	var fs []finding.Finding
	walkFields(f, func(p []string, field *ast.Field, _ []scope) {
		if !slices.Equal(p, []string{"deps", ModulePath, "v"}) {
			return
		}
		if lit, ok := field.Value.(*ast.BasicLit); ok {
			if v, err := literal.Unquote(lit.Value); err == nil && v != ModuleVersion {
				fs = append(fs, finding.Finding{
					Code: "cue/module-version", Severity: finding.Error, Place: place(field.Pos()),
					Problem: fmt.Sprintf("this repository wants %s %s", moduleName, v), Detail: "this program has " + ModuleVersion,
					Fix: fmt.Sprintf("write %q, or use the program of that version", ModuleVersion),
				})
			}
		}
	})
	return fs
}

// moduleRefused tells that cue.mod/module.cue parses and means nothing.
func (x *explainer) moduleRefused() (finding.Finding, bool) {
	data, err := x.repo.src.read(repoMount + "/" + moduleFile)
	if err != nil {
		return finding.Finding{}, false
	}
	_, err = modfile.ParseNonStrict(data, moduleFile)
	if err == nil {
		return finding.Finding{}, false
	}
	f := finding.Finding{
		Code: "cue/module", Severity: finding.Error, Place: finding.Place{File: moduleFile},
		Problem: "this is not a module file that CUE accepts: " + shorten(errors.Errors(err)[0].Error()),
		Fix:     "compare it with one that `cue mod init` writes",
	}
	for _, pos := range errors.Positions(err) {
		if p := pos.Position(); p.Filename == moduleFile {
			f.Place = finding.Place{File: moduleFile, Line: p.Line, Column: p.Column}
		}
	}
	return f, true
}

// syntax explains what the parser did not expect.
func (x *explainer) syntax(c cueError) finding.Finding {
	text := errors.Newf(token.NoPos, c.format, c.args...).Error()
	f := finding.Finding{Code: "cue/syntax", Severity: finding.Error, Place: place(c.pos)}
	f.Problem, f.Detail, f.Fix = syntaxWords(text, x.repo.line(c.pos))
	if x.repo.hiddenLine(c.pos) && f.Problem != unendedText {
		f.Problem, f.Detail, f.Fix = hiddenSyntax(text)
	}
	return f
}
