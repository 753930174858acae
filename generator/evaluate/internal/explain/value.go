package explain

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/places"
	"stillsuit.dev/generator/evaluate/internal/source"
	"stillsuit.dev/generator/evaluate/internal/words"
)

// writtenValue is what the user gave at a path: its kind and its text.
type writtenValue struct {
	kind   cue.Kind
	text   string // as a message shows it
	real   string // the same, also when it may be a secret
	hidden bool   // it may be a secret
	node   ast.Node
}

// valueErrors explains values that the schemas refuse, or that differ from another one.
type valueErrors struct {
	src     *source.Repository
	dir     string // of the package, as findings show it
	tree    tree
	schemas *schemas
	secrets *secrets
	places  places.Finder
	report  reporter
}

// given returns what the user wrote at path, best origin first.
func (x *valueErrors) given(path []string) []writtenValue {
	var values []writtenValue
	for _, o := range x.places.Origins(path) {
		v := writtenValue{kind: o.Value.IncompleteKind()}
		node := o.Node
		if f, ok := node.(*ast.Field); ok {
			node = f.Value
		}
		v.node = node
		if _, isLit := node.(*ast.BasicLit); isLit || !o.Value.IsConcrete() || v.kind == cue.BottomKind {
			v.text = words.Code(node)
		} else {
			v.text = words.Shorten(fmt.Sprint(o.Value))
		}
		v.real = v.text
		if v.hidden = v.secretive(path) && (x.secrets.hiddenPath(path) || x.secrets.hiddenIn(node)); v.hidden {
			v.text = hiddenText
		}
		values = append(values, v)
	}
	return values
}

// wrongValue is for a value that its schema refuses with words of its own.
func (x *valueErrors) wrongValue(c cueError, text string) finding.Finding {
	if source.Written(c.pos) && len(x.given(c.path)) <= 1 && ownError(x.tree, c.pos) {
		return x.report.finding("cue/wrong-value", c, text, "", "")
	}
	given := writtenValue{text: "not usable"}
	if all := x.given(c.path); len(all) > 0 {
		given = all[0]
	}
	if given.kind == cue.BottomKind && given.node != nil {
		return x.report.finding("cue/expression", c, given.text+" has no result", "", "")
	}
	contrast, mend := text, ""
	if options := x.schemas.options(c.path); len(options) > 0 {
		if word, err := strconv.Unquote(given.text); err == nil {
			if s := finding.Suggest(word, options); s != "" {
				mend = words.DidYouMean(strconv.Quote(s))
			}
		}
	} else if want, ok := x.schemas.want(c.path); ok && mend == "" {
		mend = x.convert(given, want)
	}
	return x.report.finding("cue/wrong-value", c, words.Subject(c.path)+" is "+given.text, contrast, mend)
}

// ownError reports whether pos is inside a call of error("…") by the user.
func ownError(t tree, pos token.Pos) bool {
	found := false
	t.enclosing(pos, func(n ast.Node) {
		if call, ok := n.(*ast.CallExpr); ok {
			if ident, ok := call.Fun.(*ast.Ident); ok {
				found = found || ident.Name == "error"
			}
		}
	})
	return found
}

// wrongType is for a text where a number is wanted, and the like.
func (x *valueErrors) wrongType(c cueError) finding.Finding {
	want, known := x.schemas.want(c.path)
	given := x.given(c.path)
	if i := slices.IndexFunc(source.Sections(), func(s source.TopLevel) bool { return s.Each && len(c.path) == 1 && s.Field == c.path[0] }); i >= 0 && x.schemas.cluster {
		for _, g := range given {
			if g.kind != cue.StructKind {
				return x.report.finding("cue/wrong-type", c, c.path[0]+" is "+describe(g), "it must be a block with fields", fmt.Sprintf("write %s: NAME: {…}", c.path[0]))
			}
		}
	}
	if !known || want.IncompleteKind() == cue.TopKind || len(given) == 0 {
		return x.conflict(c)
	}
	wanted := want.IncompleteKind()
	for _, g := range given {
		if g.kind == cue.BottomKind {
			return x.report.finding("cue/expression", c, g.text+" has no result", "", "")
		}
		if g.kind&wanted == 0 {
			return x.report.finding("cue/wrong-type", c,
				fmt.Sprintf("%s is %s", words.Subject(c.path), describe(g)),
				"it must be "+words.KindNames(wanted), x.convert(g, want))
		}
	}
	return x.conflict(c)
}

func describe(g writtenValue) string {
	if g.hidden {
		return words.KindNames(g.kind)
	}
	return words.Given(g.kind, g.text)
}

// convert says how to write what the user gave as a value of want, "" when
// there is nothing to say.
func (x *valueErrors) convert(g writtenValue, want cue.Value) string {
	wanted := want.IncompleteKind()
	scalar := g.kind&(cue.ListKind|cue.StructKind) == 0 && g.kind != cue.NullKind
	switch {
	case g.hidden && (scalar || g.kind == cue.StructKind) && wanted == cue.StringKind:
		return "write it in quotes"
	case g.hidden && scalar && wanted == cue.ListKind:
		return "write it in brackets"
	case g.hidden && scalar:
		return ""
	case g.kind == cue.NullKind:
		return "leave the field out"
	case g.kind == cue.BytesKind && wanted&cue.StringKind != 0:
		return "write it in double quotes: " + strconv.Quote(strings.Trim(g.text, "'"))
	case g.kind == cue.StructKind && wanted&cue.StringKind != 0:
		// image: nginx:1.29 is a field nginx, to CUE.
		if lit, ok := g.node.(*ast.StructLit); ok && !lit.Lbrace.IsValid() {
			return "write it in quotes: " + strconv.Quote(words.Shorten(x.src.Text(lit.Pos(), lit.End())))
		}
	case g.kind == cue.ListKind && wanted == cue.StructKind:
		if names, open := fieldNames(want); open && len(names) == 0 {
			return "write {NAME: …} with a name for each element"
		}
	case g.kind == cue.StringKind && wanted&cue.NumberKind != 0:
		if text, err := strconv.Unquote(g.text); err == nil {
			if _, err := strconv.ParseFloat(text, 64); err == nil {
				return "write it without quotes: " + text
			}
		}
	case g.kind&wanted == 0 && scalar && wanted == cue.StringKind:
		return "write it in quotes: " + strconv.Quote(g.text)
	case scalar && wanted == cue.ListKind:
		return "write it in brackets: [" + g.text + "]"
	case scalar && wanted == cue.StructKind:
		if names, open := fieldNames(want); len(names) > 0 {
			return words.ListFields(names)
		} else if open {
			return "write NAME: before it, with a name of your choice"
		}
	}
	return ""
}

// notOneOf is for a value that fits none of several alternatives.
func (x *valueErrors) notOneOf(group []cueError) finding.Finding {
	c := group[0]
	for _, other := range group {
		if len(other.positions) > len(c.positions) {
			c.positions = other.positions
		}
	}
	given := x.given(c.path)
	if want, ok := x.schemas.want(c.path); ok && len(given) > 0 && given[0].kind&want.IncompleteKind() == 0 {
		return x.wrongType(c)
	}
	text := "not usable"
	if len(given) > 0 {
		text = given[0].text
	}
	options := x.schemas.options(c.path)
	if len(options) == 0 && slices.ContainsFunc(given, func(g writtenValue) bool { return g.real != given[0].real }) {
		return x.conflict(c) // each may be one of the alternatives
	}
	if len(options) == 0 {
		return x.report.finding("cue/not-one-of", c, fmt.Sprintf("%s is %s", words.Subject(c.path), text), "none of the alternatives allows that", "")
	}
	mend := ""
	if word, err := strconv.Unquote(text); err == nil {
		if s := finding.Suggest(word, options); s != "" {
			mend = words.DidYouMean(strconv.Quote(s))
		}
	}
	return x.report.finding("cue/not-one-of", c, fmt.Sprintf("%s is %s", words.Subject(c.path), text),
		"it must be one of "+strings.Join(options, ", "), mend)
}

// bound says a CUE bound in words.
func bound(limit any) string {
	text := fmt.Sprint(limit)
	for _, b := range [][2]string{
		{">=", "at least "}, {"<=", "at most "}, {"!=", "anything but "}, {"=~", "a text that matches "},
		{"!~", "a text that does not match "}, {">", "more than "}, {"<", "less than "},
	} {
		if rest, ok := strings.CutPrefix(text, b[0]); ok {
			return b[1] + rest
		}
	}
	return text
}
