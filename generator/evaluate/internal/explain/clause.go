package explain

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/parser"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// noPackage tells of a file without a package clause.
func (l *loading) noPackage(file string) finding.Finding {
	return finding.Finding{
		Code: "cue/no-package", Severity: finding.Error, Place: finding.Place{File: source.Display(file), Line: 1, Column: 1},
		Problem: "this file does not say which package it is part of", Detail: "CUE leaves such a file out",
		Fix: "begin it with package " + l.packageName(),
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
				Problem: "this file says package " + c.name, Detail: fmt.Sprintf("%s is package %s", source.Display(l.dir), want),
				Fix: "write package " + want,
			})
		}
	}
	return fs
}
