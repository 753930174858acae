package explain

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// reporter makes findings at the best place of an error.
type reporter struct {
	tree    tree
	places  places.Finder
	secrets *secrets
}

// finding makes a finding at the best place of c.
func (r reporter) finding(code finding.Code, c cueError, fact, contrast, mend string) finding.Finding {
	return finding.Finding{
		Code: code, Severity: finding.Error, Place: r.place(c), Path: words.Dotted(c.path),
		Problem: fact, Detail: contrast, Fix: mend,
	}
}

// place returns where the user wrote what c is about: the field that names the
// end of its path, else the expression at fault, else what took part, else the
// nearest ancestor.
func (r reporter) place(c cueError) finding.Place {
	if len(c.path) > 0 {
		name := c.path[len(c.path)-1]
		for _, pos := range append([]token.Pos{c.pos}, c.positions...) {
			if f := r.tree.fieldAt(pos); f != nil {
				if label, _, err := ast.LabelName(f.Label); err == nil && label == name {
					return source.Place(f.Pos())
				}
			}
		}
		if p, ok := r.places.Find(c.path); ok {
			return p
		}
	}
	if source.Written(c.pos) {
		return source.Place(c.pos)
	}
	if len(c.positions) > 0 {
		return source.Place(c.positions[0])
	}
	if p := r.places.Nearest(c.path); !p.IsZero() {
		return p
	}
	return source.Place(c.pos)
}

// other is for what CUE says and this package has no words for.
func (r reporter) other(c cueError) finding.Finding {
	text := errors.Newf(token.NoPos, c.format, c.args...).Error()
	for _, mount := range []string{source.RepoMount, source.ModuleMount} {
		text = strings.ReplaceAll(text, "/"+mount+"/", "")
	}
	if r.secrets.hidden(c) {
		text = "its values are hidden, since they may be secrets"
	}
	return r.finding("cue/other", c, "CUE cannot evaluate this: "+words.Shorten(text), "", "")
}
