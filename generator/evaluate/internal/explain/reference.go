package explain

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// builtins are the packages of CUE's standard library that a user may forget
// to import.
var builtins = [...]string{
	"crypto/sha256", "encoding/base64", "encoding/json", "encoding/yaml", "list", "math", "net",
	"path", "regexp", "strconv", "strings", "struct", "text/template", "time",
}

// referenceErrors explains names that refer to nothing, or to what has no value, and those
// that nothing refers to.
type referenceErrors struct {
	src     *source.Repository
	tree    tree
	schemas *schemas
	secrets *secrets
	places  places.Finder
	report  reporter
	cycles  *cycleErrors
}

// undefined is for a name that nothing defines.
func (x *referenceErrors) undefined(c cueError) finding.Finding {
	name := fmt.Sprint(c.args[0])
	fact := name + " is not defined"
	f := func(mend string) finding.Finding {
		found := x.report.finding("cue/unknown-reference", c, fact, "", mend)
		found.Place = source.Place(c.pos)
		return found
	}
	if name == "v1alpha1" {
		return f(fmt.Sprintf("add import %q below the package line", source.SchemaPackage))
	}
	for _, b := range builtins {
		if b[strings.LastIndexByte(b, '/')+1:] == name {
			return f(fmt.Sprintf("add import %q below the package line", b))
		}
	}
	var names []string
	for _, file := range x.tree.files() {
		names = append(names, syntax.ImportNames(file)...)
		ast.Walk(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.LetClause:
				names = append(names, n.Ident.Name)
			case *ast.Field:
				if ident, ok := n.Label.(*ast.Ident); ok {
					names = append(names, ident.Name)
				}
			}
			return true
		}, nil)
	}
	if s := finding.Suggest(name, names); s != "" {
		return f(words.DidYouMean(s))
	}
	if x.secrets.hidden(c) { // perhaps a secret without its quotes
		fact = "the name that stands here is not defined"
		return f("if it is meant as a text, write it in quotes")
	}
	return f(fmt.Sprintf("if it is meant as a text, write it in quotes: %q", name))
}

// unusedImport is for an import that nothing uses. It is not told when a label
// hides it: that is a finding of its own.
func (x *referenceErrors) unusedImport(c cueError) (finding.Finding, bool) {
	path, err := literal.Unquote(fmt.Sprint(c.args[0]))
	if err != nil {
		path = fmt.Sprint(c.args[0])
	}
	for _, f := range static(x.tree.inst, x.schemas.inst) {
		if f.Code == "cue/shadowed-import" && f.Place.File == source.Place(c.pos).File {
			return finding.Finding{}, false
		}
	}
	f := x.report.finding("cue/unused-import", c, fmt.Sprintf("the import %q is not used in this file", path), "", "remove the line")
	f.Edits = x.withoutLine(source.Place(c.pos))
	return f, true
}

// withoutLine is the removal of the line that an import has for itself; nothing when the
// import shares its line with anything else.
func (x *referenceErrors) withoutLine(at finding.Place) []finding.Edit {
	b, err := x.src.Read(source.RepoMount + "/" + at.File)
	lines := strings.SplitAfter(string(b), "\n")
	if err != nil || at.Line == 0 || at.Line > len(lines) || !importLine.MatchString(lines[at.Line-1]) {
		return nil
	}
	from, to := finding.Place{File: at.File, Line: at.Line, Column: 1}, finding.Place{File: at.File, Line: at.Line + 1, Column: 1}
	if at.Line == len(lines) { // the last one, without a line break
		to = finding.Place{File: at.File, Line: at.Line, Column: len(lines[at.Line-1]) + 1}
	}
	return []finding.Edit{{From: from, To: to}}
}

// importLine is a line with one import and nothing else.
var importLine = regexp.MustCompile(`^[ \t]*(?:import[ \t]+)?(?:[A-Za-z_$][A-Za-z0-9_$]*[ \t]+)?"[^"\\]*"[ \t]*(?:\r?\n)?$`)

// unreferenced is for a let that nothing uses, and for a field written with =
// in place of a colon, which is an alias to CUE.
func (x *referenceErrors) unreferenced(c cueError) finding.Finding {
	name := fmt.Sprint(c.args[0])
	f := x.report.finding("cue/unused-let", c, fmt.Sprintf("let %s is not used", name), "", "remove it")
	f.Place = source.Place(c.pos)
	x.tree.enclosing(c.pos, func(n ast.Node) {
		if a, ok := n.(*ast.Alias); ok && a.Ident.Pos() == c.pos {
			f.Code = "cue/syntax"
			f.Problem, f.Detail, f.Fix = name+" is followed by =", "a field is written with a colon", fmt.Sprintf("write %s: %s", name, x.secrets.shown(a.Expr))
		}
	})
	return f
}

// redeclared is for a field at the top level with the name of an import.
func (x *referenceErrors) redeclared(c cueError) finding.Finding {
	name := fmt.Sprint(c.args[0])
	f := x.report.finding("cue/shadowed-import", c, fmt.Sprintf("the label %s at the top level has the name of an import", name), "", fmt.Sprintf("write the label in quotes: %q", name))
	for _, field := range syntax.TopLevelFields(x.tree.inst)[name] {
		if field.Pos().File() == c.pos.File() {
			f.Place = source.Place(field.Pos())
		}
	}
	return f
}

func (x *referenceErrors) unknownBuiltin(c cueError) finding.Finding {
	return x.report.finding("cue/unknown-import", c, fmt.Sprintf("CUE has no package %q", c.args[0]), "",
		words.DidYouMean(finding.Suggest(fmt.Sprint(c.args[0]), builtins[:])))
}

func (x *referenceErrors) unknownFunction(c cueError) finding.Finding {
	call := fmt.Sprint(c.args[0])
	pkg, name, ok := strings.Cut(call, ".")
	if !ok {
		return x.report.other(c)
	}
	f := x.report.finding("cue/unknown-reference", c, fmt.Sprintf("the package %s has no function %s", pkg, name), "", "see cuelang.org/docs for what it has")
	f.Place = source.Place(c.pos)
	return f
}

// missingField is for a reference to a field that its struct does not have, or
// that is allowed there and not set.
func (x *referenceErrors) missingField(c cueError) (finding.Finding, bool) {
	name := fmt.Sprint(c.args[0])
	if cycle := x.cycles.cyclePath(c); cycle != nil {
		return x.cycles.cycleFinding(c, cycle), true
	}
	var sel *ast.SelectorExpr
	x.tree.enclosing(c.pos, func(n ast.Node) {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Pos() == c.pos {
			sel = s
		}
	})
	f := x.report.finding("cue/unknown-reference", c, name+" is used here", "it is not set", "")
	if source.Written(c.pos) {
		f.Place = source.Place(c.pos)
	}
	if sel == nil {
		if x.secrets.hidden(c) { // perhaps the value of an index
			f.Problem = "a field is used here"
		}
		return f, true
	}
	if ident, ok := sel.X.(*ast.Ident); ok && exported(name) {
		// A hidden import or a definition that does not exist: static tells it.
		for _, file := range x.tree.files() {
			if file.Pos().File() == c.pos.File() && slices.Contains(syntax.ImportNames(file), ident.Name) {
				return f, false
			}
		}
	}
	f.Place = source.Place(sel.Pos())
	f.Problem = x.secrets.named(sel) + " is used here"
	if c.format != "undefined field: %s" {
		f.Code, f.Fix = "cue/not-set", fmt.Sprintf("add %s to %s", name, x.secrets.named(sel.X))
		return f, true
	}
	f.Detail = fmt.Sprintf("%s has no field %s", x.secrets.named(sel.X), name)
	var names []string
	if path := syntax.Chain(sel.X); path != nil {
		if it, err := x.places.Lookup(path).Fields(); err == nil {
			for it.Next() {
				names = append(names, it.Selector().Unquoted())
			}
		}
		if want, ok := x.schemas.want(path); ok {
			allowed, open := fieldNames(want)
			names = append(names, allowed...)
			if slices.Contains(allowed, name) || open && len(names) == 0 {
				f.Code, f.Detail, f.Fix = "cue/not-set", "it is not set", fmt.Sprintf("add %s to %s", name, x.secrets.named(sel.X))
				return f, true
			}
		}
	}
	if f.Fix = words.DidYouMean(finding.Suggest(name, names)); f.Fix == "" && len(names) > 0 {
		slices.Sort(names)
		f.Fix = "it has " + finding.All(slices.Compact(names))
	}
	return f, true
}

// notSet is for a field that has to have a value and has none.
func (x *referenceErrors) notSet(c cueError) finding.Finding {
	if cycle := x.cycles.cyclePath(c); cycle != nil {
		return x.cycles.cycleFinding(c, cycle)
	}
	name := words.Subject(c.path)
	if found := x.places.Origins(c.path); len(found) > 0 {
		contrast := "it needs one"
		if f, ok := found[0].Node.(*ast.Field); ok && found[0].Value.IncompleteKind() != cue.BottomKind {
			contrast = x.secrets.shown(f.Value) + " only says what it may be"
		}
		return x.report.finding("cue/not-set", c, name+" has no value", contrast, "write the value itself")
	}
	mend := "add it"
	if len(c.path) > 1 {
		mend = fmt.Sprintf("add %s to %s", name, words.Dotted(c.path[:len(c.path)-1]))
	}
	return x.report.finding("cue/not-set", c, name+" is not set", "it is required", mend)
}
