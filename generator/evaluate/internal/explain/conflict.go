package explain

import (
	"fmt"
	"slices"

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
			f := x.report.finding("cue/conflict", c, fmt.Sprintf("%s is %s", words.Subject(c.path), texts[b].text),
				fmt.Sprintf("%s sets it to %s", first, texts[a].text), "keep one of the two")
			f.Place = second
			return f
		}
	}
	return x.fixed(c)
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
