package evaluate

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
)

// want returns what the schemas say about the value at path.
func (x *explainer) want(path []string) (cue.Value, bool) {
	if x.schema == nil || len(path) == 0 {
		return cue.Value{}, false
	}
	root := append(slices.Clip(kinds[:]), sections[0])
	if x.cluster {
		root = sections[:]
	}
	i := slices.IndexFunc(root, func(c constraint) bool { return c.field == path[0] })
	if i < 0 {
		return cue.Value{}, false
	}
	rest := path[1:]
	if root[i].each {
		if len(rest) == 0 {
			return cue.Value{}, false
		}
		rest = rest[1:]
	}
	v := x.ctx.BuildInstance(x.schema).LookupPath(cue.MakePath(cue.Def(root[i].definition)))
	for _, name := range rest {
		v = child(v, name)
	}
	return v, v.Exists()
}

// child returns what the schema v says about its field name.
func child(v cue.Value, name string) cue.Value {
	if v.IncompleteKind() == cue.ListKind {
		return v.LookupPath(cue.MakePath(cue.AnyIndex))
	}
	if c := v.LookupPath(cue.MakePath(cue.Str(name).Optional())); c.Exists() {
		return c
	}
	return v.LookupPath(cue.MakePath(cue.AnyString))
}

// fieldNames returns the sorted names of the fields that the schema v allows,
// and whether it allows names of the user's choice.
func fieldNames(v cue.Value) (names []string, open bool) {
	if it, err := v.Fields(cue.Optional(true)); err == nil {
		for it.Next() {
			names = append(names, it.Selector().Unquoted())
		}
	}
	slices.Sort(names)
	return names, v.LookupPath(cue.MakePath(cue.AnyString)).Exists()
}

// unknownField is for a field that the schema does not have.
func (x *explainer) unknownField(c cueError) (finding.Finding, bool) {
	if len(c.path) == 0 {
		return x.other(c), true
	}
	name, parent := c.path[len(c.path)-1], c.path[:len(c.path)-1]
	want, ok := x.want(parent)
	if !ok {
		// When the schema knows a field further up, that is told already.
		_, known := x.want(c.path[:min(2, len(c.path))])
		return x.finding("cue/unknown-field", c, fmt.Sprintf("%s has no field %s", dotted(parent), name), "", ""), !known
	}
	names, _ := fieldNames(want)
	fact := fmt.Sprintf("%s is not a field of %s", name, dotted(parent))
	if s := finding.Suggest(name, names); s != "" {
		return x.finding("cue/unknown-field", c, fact, "", didYouMean(s)), true
	}
	if home := below(want, name, 3); home != "" {
		return x.finding("cue/unknown-field", c, fact, "", "did you mean "+home+"?"), true
	}
	for n := len(parent) - 1; n > 1; n-- {
		if up, ok := x.want(parent[:n]); ok {
			if names, _ := fieldNames(up); slices.Contains(names, name) {
				return x.finding("cue/unknown-field", c, fact, "it is one of "+dotted(parent[:n]), "move it there"), true
			}
		}
	}
	return x.finding("cue/unknown-field", c, fact, fieldsSentence(names), ""), true
}

// nameless is for a section without names, as in apps: namespace: "home".
func (x *explainer) nameless(c cueError) (finding.Finding, bool) {
	if !x.cluster || len(c.path) < 2 {
		return finding.Finding{}, false
	}
	section, name := c.path[0], c.path[1]
	i := slices.IndexFunc(sections[:], func(s constraint) bool { return s.each && s.field == section })
	want, ok := x.want(c.path[:2])
	if i < 0 || !ok {
		return finding.Finding{}, false
	}
	names, _ := fieldNames(want)
	if !slices.Contains(names, name) || x.fits(c.path[:2], names) {
		return finding.Finding{}, false
	}
	c.path, c.pos, c.positions = c.path[:2], token.NoPos, nil
	return x.finding("cue/unknown-field", c, fmt.Sprintf("%s has a field %s", section, name),
		fmt.Sprintf("its fields are the names of your choice, and %s belongs below one", name),
		fmt.Sprintf("write %s: NAME: %s", section, name)), true
}

// fits reports whether what the user wrote at path has one of the fields: then
// it is an entry, whatever it is called.
func (x *explainer) fits(path, names []string) bool {
	for _, o := range x.places.origins(x.value, path) {
		field, ok := o.node.(*ast.Field)
		if !ok {
			continue
		}
		lit, ok := field.Value.(*ast.StructLit)
		if !ok {
			continue
		}
		for _, d := range lit.Elts {
			if inner, ok := d.(*ast.Field); ok {
				if label, _, err := ast.LabelName(inner.Label); err == nil && slices.Contains(names, label) {
					return true
				}
			}
		}
	}
	return false
}

// unknownFields finds the fields that are written out in the package's own
// files and that the schema does not have. CUE does not tell of them when the
// same block has another mistake.
func (x *explainer) unknownFields() []finding.Finding {
	var fs []finding.Finding
	for _, file := range x.inst.Files {
		if !written(file.Pos()) {
			continue
		}
		walkFields(file, func(path []string, f *ast.Field, _ []scope) {
			isLet := !f.TokenPos.IsValid() // it stands at no colon
			if len(path) < 2 || isLet || !f.Label.Pos().IsValid() || f.Constraint != token.ILLEGAL || hidden(f) {
				return
			}
			if _, _, err := ast.LabelName(f.Label); err != nil {
				return
			}
			want, ok := x.want(path[:len(path)-1])
			if !ok || want.IncompleteKind() != cue.StructKind || want.Allows(cue.AnyString) {
				return
			}
			names, open := fieldNames(want)
			if len(names) > 0 && !open && !slices.Contains(names, path[len(path)-1]) {
				c := cueError{path: path, pos: f.Pos()}
				if f, ok := x.nameless(c); ok {
					fs = append(fs, f)
				} else if f, ok := x.unknownField(c); ok {
					fs = append(fs, f)
				}
			}
		})
	}
	return fs
}

// below returns where the schema v has a field called name further down, as
// "containers: NAME: image", or "". The shallowest place wins.
func below(v cue.Value, name string, depth int) string {
	names, _ := fieldNames(v)
	type step struct {
		path string
		v    cue.Value
	}
	var level []step
	for _, n := range names {
		level = append(level, step{n, child(v, n)})
	}
	for ; depth > 0; depth-- {
		var next []step
		for _, s := range level {
			inner, open := fieldNames(s.v)
			if slices.Contains(inner, name) {
				return s.path + ": " + name
			}
			if open {
				next = append(next, step{s.path + ": NAME", s.v.LookupPath(cue.MakePath(cue.AnyString))})
			}
			for _, n := range inner {
				next = append(next, step{s.path + ": " + n, child(s.v, n)})
			}
		}
		level = next
	}
	return ""
}

// topLevelNames returns the fields that a cluster's package may have.
func (x *explainer) topLevelNames() []string {
	var names []string
	for _, s := range sections {
		names = append(names, s.field)
	}
	return names
}

// unknownTopLevel is for another field at the top level.
func (x *explainer) unknownTopLevel(name string, at finding.Place) finding.Finding {
	f := finding.Finding{
		Code: "cue/unknown-top-level", Severity: finding.Error, Place: at, Path: name,
		Fact:     fmt.Sprintf("%s means nothing at the top level of a cluster", name),
		Contrast: "the fields there are " + finding.All(x.topLevelNames()),
	}
	if s := finding.Suggest(name, x.topLevelNames()); s != "" {
		f.Contrast, f.Mend = "", didYouMean(s)
	} else if !strings.HasPrefix(name, "_") {
		f.Mend = fmt.Sprintf("call it _%s if only other fields use it", strings.Map(identRune, name))
	}
	return f
}

func identRune(r rune) rune {
	if r == '-' || r == '.' || r == ' ' {
		return '_'
	}
	return r
}
