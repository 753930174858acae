package explain

import (
	"fmt"
	"slices"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/build"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/syntax"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// fieldErrors explains fields that are not allowed where they stand.
type fieldErrors struct {
	inst    *build.Instance
	schemas *schemas
	places  places.Finder
	report  reporter
}

// unknownField is for a field that the schema does not have.
func (x *fieldErrors) unknownField(c cueError) (finding.Finding, bool) {
	if len(c.path) == 0 {
		return x.report.other(c), true
	}
	name, parent := c.path[len(c.path)-1], c.path[:len(c.path)-1]
	if _, allowed := x.schemas.want(c.path); allowed && x.schemas.cluster {
		if mend := shared(c.path); mend != "" {
			return x.report.finding("cue/unknown-field", c, fmt.Sprintf("%s is not a field of a definition (#NAME) that is used here", words.Dotted(c.path)), "CUE adds no field to a definition", mend), true
		}
	}
	want, ok := x.schemas.want(parent)
	if !ok {
		// When the schema knows a field further up, that is told already.
		_, known := x.schemas.want(c.path[:min(2, len(c.path))])
		return x.report.finding("cue/unknown-field", c, fmt.Sprintf("%s has no field %s", words.Dotted(parent), name), "", ""), !known
	}
	names, _ := fieldNames(want)
	fact := fmt.Sprintf("%s is not a field of %s", name, words.Dotted(parent))
	if s := finding.Suggest(name, names); s != "" {
		return x.report.finding("cue/unknown-field", c, fact, "", words.DidYouMean(s)), true
	}
	if home := below(want, name, 3); home != "" {
		return x.report.finding("cue/unknown-field", c, fact, "", "did you mean "+home+"?"), true
	}
	for n := len(parent) - 1; n > 1; n-- {
		if up, ok := x.schemas.want(parent[:n]); ok {
			if names, _ := fieldNames(up); slices.Contains(names, name) {
				return x.report.finding("cue/unknown-field", c, fact, "it is one of "+words.Dotted(parent[:n]), "move it there"), true
			}
		}
	}
	return x.report.finding("cue/unknown-field", c, fact, words.ListFields(names), ""), true
}

// nameless is for a section without names, as in apps: namespace: "home".
func (x *fieldErrors) nameless(c cueError) (finding.Finding, bool) {
	if !x.schemas.cluster || len(c.path) < 2 {
		return finding.Finding{}, false
	}
	section, name := c.path[0], c.path[1]
	i := slices.IndexFunc(source.Sections(), func(s source.TopLevel) bool { return s.Each && s.Field == section })
	want, ok := x.schemas.want(c.path[:2])
	if i < 0 || !ok {
		return finding.Finding{}, false
	}
	names, _ := fieldNames(want)
	if !slices.Contains(names, name) || x.fits(c.path[:2], names) {
		return finding.Finding{}, false
	}
	c.path, c.pos, c.positions = c.path[:2], token.NoPos, nil
	return x.report.finding("cue/unknown-field", c, fmt.Sprintf("%s has a field %s", section, name),
		fmt.Sprintf("its fields are the names of your choice, and %s belongs below one", name),
		fmt.Sprintf("write %s: NAME: %s", section, name)), true
}

// fits reports whether what the user wrote at path has one of the fields: then
// it is an entry, whatever it is called.
func (x *fieldErrors) fits(path, names []string) bool {
	for _, o := range x.places.Origins(path) {
		field, ok := o.Node.(*ast.Field)
		if !ok {
			continue
		}
		block := syntax.Block(field.Value)
		if block == nil {
			continue
		}
		for _, d := range block.Elts {
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
func (x *fieldErrors) unknownFields() []finding.Finding {
	var fs []finding.Finding
	for _, file := range x.inst.Files {
		if !source.Written(file.Pos()) {
			continue
		}
		syntax.WalkFields(file, func(path []string, f *ast.Field, _ []syntax.Scope) {
			isLet := !f.TokenPos.IsValid() // it stands at no colon
			if len(path) < 2 || isLet || !f.Label.Pos().IsValid() || f.Constraint != token.ILLEGAL || syntax.IsPrivate(f) {
				return
			}
			if _, _, err := ast.LabelName(f.Label); err != nil {
				return
			}
			want, ok := x.schemas.want(path[:len(path)-1])
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
