package explain

import (
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/load"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
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
	noModule := slices.ContainsFunc(fs, func(f finding.Finding) bool { return strings.HasPrefix(f.Place.File, "cue.mod/") })
	fs = append(fs, l.module()...)
	for _, e := range errors.Errors(inst.Err) {
		var many *load.MultiplePackageError
		var none *load.NoFilesError
		c := unwrap(e)
		switch {
		case errors.As(e, &many):
			fs = append(fs, l.packages()...)
		case errors.As(e, &none) && len(fs) > 0:
		case noModule && !c.pos.IsValid() || noModule && strings.Contains(e.Error(), "cannot find package"): // which follows from it
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
	if len(fs) == 0 { // what was only opened for an import
		fs = l.unreadable()
	}
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
		lost[f.Place.File] = lost[f.Place.File] || f.Problem == unendedText
		return skip
	})
	return slices.CompactFunc(fs, func(f, before finding.Finding) bool {
		sameLine := f.Place.Line == before.Place.Line && (f.Place.Line > 0 || f.Problem == before.Problem)
		return f.Place.File == before.Place.File && (sameLine || strings.HasSuffix(f.Problem, closesNothing))
	})
}

// unreadable reports files that exist and must not be read: in the package's directory, in
// the repository's CUE directories that it imports, and below cue.mod.
func (l *loading) unreadable() []finding.Finding {
	var fs []finding.Finding
	dirs := []string{l.dir}
	for _, dep := range l.inst.Dependencies() {
		dirs = append(dirs, strings.TrimPrefix(dep.Dir, "/"))
	}
	for name, why := range l.src.Refused() {
		if !strings.HasPrefix(name, source.RepoMount+"/cue.mod/") && !slices.ContainsFunc(dirs, func(d string) bool { return name == d || path.Dir(name) == d }) {
			continue
		}
		f := finding.Finding{
			Code: "cue/unreadable", Severity: finding.Error, Place: finding.Place{File: source.Display(name)},
			Problem: "this file " + why.Error(), Detail: "only files in the repository are read", Fix: "put a copy in its place",
		}
		if !errors.Is(why, source.ErrOutside) {
			f.Detail, f.Fix = "", "move it away, or split it"
			if strings.HasPrefix(name, source.RepoMount+"/cue.mod/") {
				f.Fix = "put a file in its place, or remove it"
			}
		}
		fs = append(fs, f)
	}
	return fs
}
