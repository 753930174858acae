package evaluate

import (
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
)

// explainer turns CUE's errors about one package into findings. Nothing here
// runs for input without mistakes, but loaded, static and topLevel, which find
// what CUE has no error for.
type explainer struct {
	repo    *Repo
	dir     string // of the package, in the source
	cluster bool   // a cluster's package, not an entry of the catalogue
	inst    *build.Instance
	schema  *build.Instance // nil when there is none
	ctx     *cue.Context
	value   cue.Value
	places  places
}

// cueError is one error of CUE with its wrapping taken off.
type cueError struct {
	format    string
	args      []any
	path      []string
	pos       token.Pos   // of the expression at fault; may lie in the schemas
	positions []token.Pos // what else took part, those a user wrote
	err       errors.Error
}

// unwrap returns the innermost error that says something.
func unwrap(e errors.Error) cueError {
	c := cueError{path: unquoted(e.Path()), err: e}
	for {
		c.format, c.args = e.Msg()
		if pos := e.Position(); pos.IsValid() {
			c.pos = pos
		}
		for _, p := range e.InputPositions() {
			if written(p) && !slices.Contains(c.positions, p) {
				c.positions = append(c.positions, p)
			}
		}
		next, ok := errors.Unwrap(e).(errors.Error) //nolint:errorlint // one step at a time, to meet each of them
		if !ok {
			return c
		}
		e = next
	}
}

// evaluated explains the errors of building inst, and those of its value.
func (x *explainer) evaluated(inst *build.Instance, err error) []finding.Finding {
	x.inst = inst
	fs := append(x.static(inst), x.unknownFields()...)
	all := errors.Errors(err)
	if inst.Err != nil {
		all = errors.Errors(inst.Err)
	} else {
		all = append(all, x.masked()...)
	}
	byPath := map[string][]cueError{}
	var order []string
	for _, e := range all {
		c := unwrap(e)
		key := strings.Join(c.path, "\x00")
		if len(c.path) == 0 || inst.Err != nil {
			key = c.pos.String() + "\x01" + key
		}
		if byPath[key] == nil {
			order = append(order, key)
		}
		byPath[key] = append(byPath[key], c)
	}
	for _, key := range order {
		if f, ok := x.explain(byPath[key]); ok {
			fs = append(fs, f)
		}
	}
	fs = onePerPlace(fs)
	if len(fs) == 0 {
		fs = append(fs, x.other(unwrap(all[0])))
	}
	return fs
}

// explain turns the errors at one path into one finding. It returns false for
// errors that another finding tells already.
func (x *explainer) explain(group []cueError) (finding.Finding, bool) {
	disjunction := false
	for _, c := range group {
		disjunction = disjunction || strings.HasPrefix(c.format, "%d errors in empty disjunction")
	}
	if f, ok := x.nameless(group[0]); ok {
		return f, true
	}
	if !strings.Contains(group[0].format, "cycle") && x.cascade(group[0]) {
		return finding.Finding{}, false
	}
	if f, ok := x.embedded(group[0]); ok {
		return f, true
	}
	// What a schema says in its own words is better than anything derived.
	for _, c := range group {
		if text, ok := ownWords(c); ok {
			return x.wrongValue(c, text), true
		}
	}
	if disjunction {
		return x.notOneOf(group), true
	}
	c := group[0]
	switch c.format {
	case "field not allowed":
		return x.unknownField(c)
	case "conflicting values %s and %s (mismatched types %s and %s)":
		return x.wrongType(c), true
	case "conflicting values %s and %s":
		return x.conflict(c), true
	case "reference %q not found":
		return x.undefined(c), true
	case "imported and not used: %s", "imported and not used: %s as %s":
		return x.unusedImport(c)
	case "builtin package %q undefined":
		return x.unknownBuiltin(c), true
	case "unreferenced alias or let clause %s":
		return x.unreferenced(c), true
	case "undefined field: %s", "cannot reference optional field: %s":
		return x.missingField(c)
	case "incomplete value %v", "field is required but not present":
		return x.notSet(c), true
	case "structural cycle", "cycle with field: %v", "cycle error", "cycle error referencing %s":
		return x.cycle(c), true
	case "cannot call non-function %s (type %s)":
		return x.unknownFunction(c), true
	}
	if f, ok := x.expression(c); ok {
		return f, true
	}
	switch {
	case strings.HasPrefix(c.format, "invalid value %") && len(c.args) > 1:
		if x.hidden(c) { // the bound may be the value
			return x.wrongValue(c, "a constraint does not allow it"), true
		}
		return x.wrongValue(c, "it must be "+bound(c.args[1])), true
	case strings.Contains(c.format, "redeclared as imported package name"):
		return x.redeclared(c), true
	case strings.Contains(c.format, "cycle"):
		return x.cycle(c), true
	}
	return x.other(c), true
}

// ownWords returns the text of a schema's error("…").
func ownWords(c cueError) (string, bool) {
	if c.format != "%s" || len(c.args) != 1 || !c.pos.IsValid() {
		return "", false
	}
	text, ok := c.args[0].(string)
	return text, ok
}

// other is for what CUE says and this package has no words for.
func (x *explainer) other(c cueError) finding.Finding {
	text := errors.Newf(token.NoPos, c.format, c.args...).Error()
	for _, mount := range []string{repoMount, moduleMount} {
		text = strings.ReplaceAll(text, "/"+mount+"/", "")
	}
	if x.hidden(c) {
		text = "its values are hidden, since they may be secrets"
	}
	return x.finding("cue/other", c, "CUE cannot evaluate this: "+shorten(text), "", "")
}

// finding makes a finding at the best place of c.
func (x *explainer) finding(code finding.Code, c cueError, fact, contrast, mend string) finding.Finding {
	return finding.Finding{
		Code: code, Severity: finding.Error, Place: x.place(c), Path: dotted(c.path),
		Problem: fact, Detail: contrast, Fix: mend,
	}
}

// place returns where the user wrote what c is about: the field that names the
// end of its path, else the expression at fault, else what took part, else the
// nearest ancestor.
func (x *explainer) place(c cueError) finding.Place {
	if len(c.path) > 0 {
		name := c.path[len(c.path)-1]
		for _, pos := range append([]token.Pos{c.pos}, c.positions...) {
			if f := x.fieldAt(pos); f != nil {
				if label, _, err := ast.LabelName(f.Label); err == nil && label == name {
					return place(f.Pos())
				}
			}
		}
		if p, ok := x.places.find(x.value, c.path); ok {
			return p
		}
	}
	if written(c.pos) {
		return place(c.pos)
	}
	if len(c.positions) > 0 {
		return place(c.positions[0])
	}
	if p := x.places.nearest(x.value, c.path); !p.IsZero() {
		return p
	}
	return place(c.pos)
}

// files returns the parsed files that a user wrote.
func (x *explainer) files() []*ast.File {
	var files []*ast.File
	for _, i := range append([]*build.Instance{x.inst}, x.inst.Dependencies()...) {
		for _, f := range i.Files {
			if written(f.Pos()) {
				files = append(files, f)
			}
		}
	}
	return files
}

// enclosing calls visit for the nodes of the file that holds pos whose range
// includes it, outermost first.
func (x *explainer) enclosing(pos token.Pos, visit func(ast.Node)) {
	if !written(pos) {
		return
	}
	for _, f := range x.files() {
		if f.Pos().File() != pos.File() {
			continue
		}
		ast.Walk(f, func(n ast.Node) bool {
			if _, ok := n.(*ast.File); ok {
				return true
			}
			if !n.Pos().IsValid() || n.Pos().Offset() > pos.Offset() || n.End().IsValid() && n.End().Offset() < pos.Offset() {
				return false
			}
			visit(n)
			return true
		}, nil)
	}
}

// fieldAt returns the innermost field round pos, or nil.
func (x *explainer) fieldAt(pos token.Pos) *ast.Field {
	var found *ast.Field
	x.enclosing(pos, func(n ast.Node) {
		if f, ok := n.(*ast.Field); ok {
			found = f
		}
	})
	return found
}

// onePerPlace sorts fs and keeps the first finding of each place and path.
func onePerPlace(fs []finding.Finding) []finding.Finding {
	fs = finding.Sort(fs)
	return slices.CompactFunc(fs, func(a, b finding.Finding) bool {
		return a.Place == b.Place && a.Place.Column > 0
	})
}
