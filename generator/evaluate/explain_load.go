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
	"cuelang.org/go/mod/modfile"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// Loading explains why a package could not be read and parsed; nothing when it
// could.
func Loading(p Package) []finding.Finding {
	if p.Inst.Err == nil && len(p.Inst.IgnoredFiles) == 0 {
		return nil
	}
	secrets := &secrets{tree: p.tree(), schemas: p.schemas()}
	l := &loading{src: p.Source, dir: p.Dir, inst: p.Inst, secrets: secrets, report: p.reporter(secrets)}
	return l.findings()
}

// loading explains why a package could not be read and parsed.
type loading struct {
	src     *source.Repository
	dir     string
	inst    *build.Instance
	secrets *secrets
	report  reporter
}

func (l *loading) findings() []finding.Finding {
	inst := l.inst
	var fs []finding.Finding
	for _, f := range inst.IgnoredFiles {
		if f.ExcludeReason != nil && strings.Contains(f.ExcludeReason.Error(), "no package name") {
			fs = append(fs, l.noPackage(f.Filename))
		}
	}
	if inst.Err == nil {
		return fs
	}
	fs = append(fs, l.unreadable()...)
	fs = append(fs, l.module()...)
	for _, e := range errors.Errors(inst.Err) {
		var many *load.MultiplePackageError
		var none *load.NoFilesError
		c := unwrap(e)
		switch {
		case errors.As(e, &many):
			fs = append(fs, l.packages()...)
		case errors.As(e, &none) && len(fs) > 0:
		case strings.Contains(c.err.Error(), "import failed") || strings.Contains(c.format, "import cycle") || strings.Contains(e.Error(), "cannot find package"):
			if !isPackageError(e) && c.pos.IsValid() {
				fs = append(fs, l.syntax(c))
			} else {
				fs = append(fs, l.imports()...)
			}
		case c.pos.IsValid():
			fs = append(fs, l.syntax(c))
		}
	}
	fs = onePerLine(fs)
	if len(fs) == 0 {
		c := unwrap(errors.Errors(inst.Err)[0])
		if f, ok := l.moduleRefused(); ok {
			return []finding.Finding{f}
		}
		f := l.report.other(cueError{format: "%s", args: []any{inst.Err.Error()}, pos: c.pos})
		if f.Place.IsZero() {
			f.Place.File = source.Display(l.dir)
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
		lost[f.Place.File] = lost[f.Place.File] || f.Fact == unendedText
		return skip
	})
	return slices.CompactFunc(fs, func(f, before finding.Finding) bool {
		sameLine := f.Place.Line == before.Place.Line && (f.Place.Line > 0 || f.Fact == before.Fact)
		return f.Place.File == before.Place.File && (sameLine || strings.HasSuffix(f.Fact, closesNothing))
	})
}

func (l *loading) noPackage(file string) finding.Finding {
	return finding.Finding{
		Code: "cue/no-package", Severity: finding.Error, Place: finding.Place{File: source.Display(file), Line: 1, Column: 1},
		Fact: "this file does not say which package it is part of", Contrast: "CUE leaves such a file out",
		Mend: "begin it with package " + l.packageName(),
	}
}

// packageName returns the name that most files of the package's directory say,
// else the directory's.
func (l *loading) packageName() string {
	count := map[string]int{}
	best := ""
	clauses := l.clauses()
	for _, file := range slices.Sorted(maps.Keys(clauses)) {
		pkg := clauses[file].name
		if pkg == "" {
			continue
		}
		if count[pkg]++; best == "" || count[pkg] > count[best] || count[pkg] == count[best] && pkg == path.Base(l.dir) {
			best = pkg
		}
	}
	if best == "" {
		return strings.ReplaceAll(path.Base(l.dir), "-", "_")
	}
	return best
}

// clause is a file's package clause.
type clause struct {
	name string
	at   finding.Place
}

// clauses returns the package clauses of the files in the package's directory.
func (l *loading) clauses() map[string]clause {
	found := map[string]clause{}
	names, _ := l.src.CUEFiles(l.dir)
	for _, name := range names {
		file := l.dir + "/" + name
		data, err := l.src.Read(file)
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
				c.at = source.Place(p.Name.Pos())
			}
		}
		found[file] = c
	}
	return found
}

// packages tells of files that say another package than the rest.
func (l *loading) packages() []finding.Finding {
	want := l.packageName()
	var fs []finding.Finding
	for _, c := range l.clauses() {
		if c.name != "" && c.name != want {
			fs = append(fs, finding.Finding{
				Code: "cue/wrong-package", Severity: finding.Error, Place: c.at,
				Fact: "this file says package " + c.name, Contrast: fmt.Sprintf("%s is package %s", source.Display(l.dir), want),
				Mend: "write package " + want,
			})
		}
	}
	return fs
}

// unreadable tells of files in the package's directory, or in the repository's
// CUE directories that it imports, that exist and must not be read.
func (l *loading) unreadable() []finding.Finding {
	var fs []finding.Finding
	dirs := []string{l.dir}
	for _, dep := range l.inst.Dependencies() {
		dirs = append(dirs, strings.TrimPrefix(dep.Dir, "/"))
	}
	for name, why := range l.src.Refused() {
		if !slices.ContainsFunc(dirs, func(d string) bool { return name == d || path.Dir(name) == d }) {
			continue
		}
		f := finding.Finding{
			Code: "cue/unreadable", Severity: finding.Error, Place: finding.Place{File: source.Display(name)},
			Fact: "this file " + why.Error(), Contrast: "only files in the repository are read", Mend: "put a copy in its place",
		}
		if !errors.Is(why, source.ErrOutside) {
			f.Contrast, f.Mend = "", "move it away, or split it"
		}
		fs = append(fs, f)
	}
	return fs
}

// module tells of a cue.mod that asks for another version of the module
// stillsuit.dev than this program has.
func (l *loading) module() []finding.Finding {
	name := source.RepoMount + "/" + source.ModuleFile
	data, err := l.src.Read(name)
	if err != nil {
		return nil
	}
	f, err := parser.ParseFile("/"+name, data)
	if err != nil {
		var fs []finding.Finding
		for _, e := range errors.Errors(err) {
			fs = append(fs, l.syntax(unwrap(e)))
		}
		return fs
	}
	var fs []finding.Finding
	syntax.WalkFields(f, func(p []string, field *ast.Field, _ []syntax.Scope) {
		if !slices.Equal(p, []string{"deps", source.ModulePath, "v"}) {
			return
		}
		if lit, ok := field.Value.(*ast.BasicLit); ok {
			if v, err := literal.Unquote(lit.Value); err == nil && v != source.ModuleVersion {
				fs = append(fs, finding.Finding{
					Code: "cue/module-version", Severity: finding.Error, Place: source.Place(field.Pos()),
					Fact: fmt.Sprintf("this repository wants %s %s", source.ModuleName, v), Contrast: "this program has " + source.ModuleVersion,
					Mend: fmt.Sprintf("write %q, or use the program of that version", source.ModuleVersion),
				})
			}
		}
	})
	return fs
}

// moduleRefused tells that cue.mod/module.cue parses and means nothing.
func (l *loading) moduleRefused() (finding.Finding, bool) {
	data, err := l.src.Read(source.RepoMount + "/" + source.ModuleFile)
	if err != nil {
		return finding.Finding{}, false
	}
	_, err = modfile.ParseNonStrict(data, source.ModuleFile)
	if err == nil {
		return finding.Finding{}, false
	}
	f := finding.Finding{
		Code: "cue/module", Severity: finding.Error, Place: finding.Place{File: source.ModuleFile},
		Fact: "this is not a module file that CUE accepts: " + words.Shorten(errors.Errors(err)[0].Error()),
		Mend: "compare it with one that `cue mod init` writes",
	}
	for _, pos := range errors.Positions(err) {
		if p := pos.Position(); p.Filename == source.ModuleFile {
			f.Place = finding.Place{File: source.ModuleFile, Line: p.Line, Column: p.Column}
		}
	}
	return f, true
}
