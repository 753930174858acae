package explain

import (
	"fmt"
	"path"
	"slices"

	"cuelang.org/go/cue"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// conflict is for two places that give different values.
func (x *valueErrors) conflict(c cueError) finding.Finding {
	var sides []places.Origin
	for _, o := range x.places.Origins(c.path) {
		if o.Value.Err() == nil {
			sides = append(sides, o)
		}
	}
	texts := x.given(c.path)
	if len(sides) >= 2 && len(texts) >= 2 {
		a, b := 0, slices.IndexFunc(texts, func(w writtenValue) bool { return w.real != texts[0].real })
		if b > 0 && b < len(sides) {
			first, second := source.Place(sides[a].Node.Pos()), source.Place(sides[b].Node.Pos())
			if second.Compare(first) < 0 {
				a, b, first, second = b, a, second, first
			}
			if x.imported(first) != x.imported(second) {
				if x.imported(second) {
					a, b, first, second = b, a, second, first
				}
				return x.overridden(c, side{first, texts[a]}, side{second, texts[b]})
			}
			f := x.report.finding("cue/conflict", c, fmt.Sprintf("%s is %s", words.Subject(c.path), texts[b].text),
				fmt.Sprintf("%s sets it to %s", first, texts[a].text), "keep one of the two")
			f.Place = second
			return f
		}
	}
	return x.fixed(c)
}

// side is one of two places that give different values.
type side struct {
	at    finding.Place
	value writtenValue
}

// imported reports whether a place is in another package than the cluster's.
func (x *valueErrors) imported(at finding.Place) bool {
	return x.schemas.cluster && path.Dir(at.File) != x.dir
}

// overridden is for a value that a package sets which the cluster imports, and that the
// cluster wants to be another.
func (x *valueErrors) overridden(c cueError, imported, own side) finding.Finding {
	mend := shared(c.path)
	if mend == "" {
		mend = "leave it out in one of the two"
	}
	f := x.report.finding("cue/conflict", c, fmt.Sprintf("%s is %s here, and %s in the imported package (%s)", words.Subject(c.path), own.value.text, imported.value.text, imported.at),
		"CUE cannot override a value of an imported package", mend)
	f.Place = own.at
	f.Related = append(f.Related, finding.Related{Place: imported.at, What: "set here"})
	return f
}

// shared says how clusters share the app or chart that a path leads into, so that each of
// them can have values of its own; "" for another path.
func shared(path []string) string {
	kind := map[string]string{"apps": "app", "charts": "chart"}[path[0]]
	if kind == "" || len(path) < 3 {
		return ""
	}
	return fmt.Sprintf("share the %s by the catalogue: move it to apps/%s as %s: {…} and write from: %q here, below which the values of a cluster win", kind, path[1], kind, path[1])
}

// differ reports whether two places give a value which the schemas take from each of them:
// then what the schemas say of it is not what is wrong.
func (x *valueErrors) differ(path []string) bool {
	want, ok := x.schemas.want(path)
	if !ok {
		return false
	}
	var texts []string
	for _, o := range x.places.Origins(path) {
		if o.Value.Err() != nil || !o.Value.IsConcrete() || o.Value.IncompleteKind() == cue.StructKind {
			continue
		}
		if want.Unify(o.Value).Validate() != nil {
			return false
		}
		texts = append(texts, fmt.Sprint(o.Value))
	}
	slices.Sort(texts)
	return len(slices.Compact(texts)) > 1
}

// fixed is for a value that a definition of the schemas sets already.
func (x *valueErrors) fixed(c cueError) finding.Finding {
	given := x.given(c.path)
	text := ""
	if len(given) > 0 {
		text = given[0].text
	}
	other := ""
	for _, a := range c.args {
		if s := words.Shorten(fmt.Sprint(a)); s != text && other == "" {
			other = s
		}
	}
	if x.secrets.hidden(c) {
		other = hiddenText
	}
	by := "something else"
	for _, p := range c.err.InputPositions() {
		if name := x.schemas.definitionAt(p); name != "" {
			by = name
			break
		}
	}
	if text == "" && x.secrets.hidden(c) {
		return x.report.finding("cue/conflict", c, words.Subject(c.path)+" cannot have two values at once", "", "keep one")
	}
	if text == "" {
		return x.report.finding("cue/conflict", c, fmt.Sprintf("%s cannot be both %v and %v", words.Subject(c.path), c.args[0], c.args[1]), "", "")
	}
	return x.report.finding("cue/conflict", c, fmt.Sprintf("%s is %s", words.Subject(c.path), text),
		fmt.Sprintf("%s sets it to %s", by, other), "leave the field out, or use another definition")
}
