package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"

	"stillsuit.dev/finding"
)

// builtins are the packages of CUE's standard library that a user may forget
// to import.
var builtins = [...]string{
	"crypto/sha256", "encoding/base64", "encoding/json", "encoding/yaml", "list", "math", "net",
	"path", "regexp", "strconv", "strings", "struct", "text/template", "time",
}

// undefined is for a name that nothing defines.
func (x *explainer) undefined(c cueError) finding.Finding {
	name := fmt.Sprint(c.args[0])
	fact := name + " is not defined"
	f := func(mend string) finding.Finding {
		found := x.finding("cue/unknown-reference", c, fact, "", mend)
		found.Place = place(c.pos)
		return found
	}
	if name == "v1alpha1" {
		return f(fmt.Sprintf("add import %q below the package line", schemaPackage))
	}
	for _, b := range builtins {
		if b[strings.LastIndexByte(b, '/')+1:] == name {
			return f(fmt.Sprintf("add import %q below the package line", b))
		}
	}
	var names []string
	for _, file := range x.files() {
		names = append(names, importNames(file)...)
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
		return f(didYouMean(s))
	}
	if x.hidden(c) { // perhaps a secret without its quotes
		fact = "the name that stands here is not defined"
		return f("if it is meant as a text, write it in quotes")
	}
	return f(fmt.Sprintf("if it is meant as a text, write it in quotes: %q", name))
}

// unusedImport is for an import that nothing uses. It is not told when a label
// hides it: that is a finding of its own.
func (x *explainer) unusedImport(c cueError) (finding.Finding, bool) {
	path, err := literal.Unquote(fmt.Sprint(c.args[0]))
	if err != nil {
		path = fmt.Sprint(c.args[0])
	}
	for _, f := range x.static(x.inst) {
		if f.Code == "cue/shadowed-import" && f.Place.File == place(c.pos).File {
			return finding.Finding{}, false
		}
	}
	return x.finding("cue/unused-import", c, fmt.Sprintf("the import %q is not used in this file", path), "", "remove the line"), true
}

// unreferenced is for a let that nothing uses, and for a field written with =
// in place of a colon, which is an alias to CUE.
func (x *explainer) unreferenced(c cueError) finding.Finding {
	name := fmt.Sprint(c.args[0])
	f := x.finding("cue/unused-let", c, fmt.Sprintf("let %s is not used", name), "", "remove it")
	f.Place = place(c.pos)
	x.enclosing(c.pos, func(n ast.Node) {
		if a, ok := n.(*ast.Alias); ok && a.Ident.Pos() == c.pos {
			f.Code = "cue/syntax"
			f.Fact, f.Contrast, f.Mend = name+" is followed by =", "a field is written with a colon", fmt.Sprintf("write %s: %s", name, x.shown(a.Expr))
		}
	})
	return f
}

// redeclared is for a field at the top level with the name of an import.
func (x *explainer) redeclared(c cueError) finding.Finding {
	name := fmt.Sprint(c.args[0])
	f := x.finding("cue/shadowed-import", c, fmt.Sprintf("the label %s at the top level has the name of an import", name), "", fmt.Sprintf("write the label in quotes: %q", name))
	for _, field := range topLevelFields(x.inst)[name] {
		if field.Pos().File() == c.pos.File() {
			f.Place = place(field.Pos())
		}
	}
	return f
}

func (x *explainer) unknownBuiltin(c cueError) finding.Finding {
	return x.finding("cue/unknown-import", c, fmt.Sprintf("CUE has no package %q", c.args[0]), "",
		didYouMean(finding.Suggest(fmt.Sprint(c.args[0]), builtins[:])))
}

func (x *explainer) unknownFunction(c cueError) finding.Finding {
	call := fmt.Sprint(c.args[0])
	pkg, name, ok := strings.Cut(call, ".")
	if !ok {
		return x.other(c)
	}
	f := x.finding("cue/unknown-reference", c, fmt.Sprintf("the package %s has no function %s", pkg, name), "", "see cuelang.org/docs for what it has")
	f.Place = place(c.pos)
	return f
}

// missingField is for a reference to a field that its struct does not have, or
// that is allowed there and not set.
func (x *explainer) missingField(c cueError) (finding.Finding, bool) {
	name := fmt.Sprint(c.args[0])
	if cycle := x.cyclePath(c); cycle != nil {
		return x.cycleFinding(c, cycle), true
	}
	var sel *ast.SelectorExpr
	x.enclosing(c.pos, func(n ast.Node) {
		if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Pos() == c.pos {
			sel = s
		}
	})
	f := x.finding("cue/unknown-reference", c, name+" is used here", "it is not set", "")
	if written(c.pos) {
		f.Place = place(c.pos)
	}
	if sel == nil {
		return f, true
	}
	if ident, ok := sel.X.(*ast.Ident); ok && exported(name) {
		// A hidden import or a definition that does not exist: static tells it.
		for _, file := range x.files() {
			if file.Pos().File() == c.pos.File() && slices.Contains(importNames(file), ident.Name) {
				return f, false
			}
		}
	}
	f.Place = place(sel.Pos())
	f.Fact = x.named(sel) + " is used here"
	if c.format != "undefined field: %s" {
		f.Code, f.Mend = "cue/not-set", fmt.Sprintf("add %s to %s", name, x.named(sel.X))
		return f, true
	}
	f.Contrast = fmt.Sprintf("%s has no field %s", x.named(sel.X), name)
	var names []string
	if path := chain(sel.X); path != nil {
		if it, err := x.places.lookup(x.value, path).Fields(); err == nil {
			for it.Next() {
				names = append(names, it.Selector().Unquoted())
			}
		}
		if want, ok := x.want(path); ok {
			allowed, open := fieldNames(want)
			names = append(names, allowed...)
			if slices.Contains(allowed, name) || open && len(names) == 0 {
				f.Code, f.Contrast, f.Mend = "cue/not-set", "it is not set", fmt.Sprintf("add %s to %s", name, x.named(sel.X))
				return f, true
			}
		}
	}
	if f.Mend = didYouMean(finding.Suggest(name, names)); f.Mend == "" && len(names) > 0 {
		slices.Sort(names)
		f.Mend = "it has " + finding.All(slices.Compact(names))
	}
	return f, true
}

// chain returns the names of a reference such as cluster.network, or nil.
func chain(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.Ident:
		return []string{e.Name}
	case *ast.SelectorExpr:
		name, _, err := ast.LabelName(e.Sel)
		if x := chain(e.X); x != nil && err == nil {
			return append(x, name)
		}
	case *ast.IndexExpr:
		if lit, ok := e.Index.(*ast.BasicLit); ok {
			if name, err := literal.Unquote(lit.Value); err == nil {
				if x := chain(e.X); x != nil {
					return append(x, name)
				}
			}
		}
	}
	return nil
}

// notSet is for a field that has to have a value and has none.
func (x *explainer) notSet(c cueError) finding.Finding {
	if cycle := x.cyclePath(c); cycle != nil {
		return x.cycleFinding(c, cycle)
	}
	name := subject(c.path)
	if found := x.places.origins(x.value, c.path); len(found) > 0 {
		contrast := "it needs one"
		if f, ok := found[0].node.(*ast.Field); ok && found[0].value.IncompleteKind() != cue.BottomKind {
			contrast = x.shown(f.Value) + " only says what it may be"
		}
		return x.finding("cue/not-set", c, name+" has no value", contrast, "write the value itself")
	}
	mend := "add it"
	if len(c.path) > 1 {
		mend = fmt.Sprintf("add %s to %s", name, dotted(c.path[:len(c.path)-1]))
	}
	return x.finding("cue/not-set", c, name+" is not set", "it is required", mend)
}
