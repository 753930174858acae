package explain

import (
	"fmt"
	"slices"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/mod/modfile"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

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
					Problem: fmt.Sprintf("this repository wants %s %s", source.ModuleName, v), Detail: "this program has " + source.ModuleVersion,
					Fix: fmt.Sprintf("write %q, or use the program of that version", source.ModuleVersion),
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
		Problem: "this is not a module file that CUE accepts: " + words.Shorten(errors.Errors(err)[0].Error()),
		Fix:     "compare it with one that `cue mod init` writes",
	}
	for _, pos := range errors.Positions(err) {
		if p := pos.Position(); p.Filename == source.ModuleFile {
			f.Place = finding.Place{File: source.ModuleFile, Line: p.Line, Column: p.Column}
		}
	}
	return f, true
}
