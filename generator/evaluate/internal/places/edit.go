package places

import (
	"fmt"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/literal"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// Replace returns the edits that write now in place of old: the literal that is the value at
// path, or the label that path ends with. There are none where the value has another source
// too, or is no literal, or is not in a file of the package itself.
func (p Finder) Replace(path []string, old, now any) []finding.Edit {
	fields := p.fields(path)
	if len(fields) == 1 {
		if lit := valueOf(fields[0]); lit != nil && reads(lit, old) {
			return []finding.Edit{instead(lit, written(now))}
		}
	}
	was, isName := old.(string)
	name, toName := now.(string)
	if !isName || !toName || len(path) == 0 || path[len(path)-1] != was {
		return nil
	}
	var out []finding.Edit
	for _, n := range fields {
		field, ok := n.(*ast.Field)
		if !ok {
			return nil
		}
		if label, _, err := ast.LabelName(field.Label); err != nil || label != was {
			return nil
		}
		if _, quoted := field.Label.(*ast.BasicLit); quoted || !ast.IsValidIdent(name) {
			name = literal.String.Quote(now.(string))
		}
		out = append(out, instead(field.Label, name))
	}
	return out
}

// fields are the nodes that give the value at path; none where one of them is in another
// package, or where some of it comes from an expression.
func (p Finder) fields(path []string) []ast.Node {
	var out []ast.Node
	for _, o := range p.Origins(path) {
		if o.rank%2 == 1 && !o.Value.IsConcrete() { // it only constrains the value
			if _, isField := o.Node.(*ast.Field); !isField {
				continue
			}
		}
		if !slices.ContainsFunc(p.files, func(f *ast.File) bool { return f.Pos().File() == o.Node.Pos().File() }) {
			return nil
		}
		out = append(out, o.Node)
	}
	return out
}

// valueOf is the literal that a field or an element has; nil when it has none.
func valueOf(n ast.Node) *ast.BasicLit {
	if field, ok := n.(*ast.Field); ok {
		n = field.Value
	}
	lit, _ := n.(*ast.BasicLit)
	return lit
}

// reads reports whether a literal on one line is a value.
func reads(lit *ast.BasicLit, value any) bool {
	text, isText := value.(string)
	if lit.Kind != token.STRING {
		return !isText && lit.Value == fmt.Sprint(value)
	}
	if !isText || strings.ContainsAny(lit.Value, "\r\n") {
		return false
	}
	read, err := literal.Unquote(lit.Value)
	return err == nil && read == text
}

// written is a value as CUE writes it.
func written(value any) string {
	if text, ok := value.(string); ok {
		return literal.String.Quote(text)
	}
	return fmt.Sprint(value)
}

func instead(n ast.Node, text string) finding.Edit {
	return finding.Edit{From: source.Place(n.Pos()), To: source.Place(n.End()), NewText: text}
}

// Remove returns the edits that remove the field at path. There are none where more than one
// field gives the value, or where the field has a comment: that may be worth more than it.
func (p Finder) Remove(path []string, src *source.Repository) []finding.Edit {
	found := p.fields(path)
	if len(found) != 1 {
		return nil
	}
	field, ok := found[0].(*ast.Field)
	if !ok || len(path) == 0 {
		return nil
	}
	if label, _, err := ast.LabelName(field.Label); err != nil || label != path[len(path)-1] {
		return nil
	}
	for _, f := range p.files {
		if f.Pos().File() == field.Pos().File() {
			return without(f, field, src)
		}
	}
	return nil
}

// without removes a field with the lines that it has for itself, or with the comma that
// parts it from the next field, or else from the one before. Where it is all that a name
// stands for, as in a: b: 1, the name goes too.
func without(f *ast.File, field *ast.Field, src *source.Repository) []finding.Edit {
	var siblings []ast.Decl
	gone := ast.Decl(field)
	for parent := parentOf(f, gone); ; parent = parentOf(f, gone) {
		block, inBlock := parent.(*ast.StructLit)
		if !inBlock {
			return lines(gone, src) // at the top level
		}
		if siblings = block.Elts; block.Lbrace.IsValid() {
			break
		}
		above, inField := parentOf(f, block).(*ast.Field)
		if !inField {
			return nil
		}
		gone = above
	}
	if commented(gone) {
		return nil
	}
	if whole := lines(gone, src); whole != nil {
		return whole
	}
	i := slices.Index(siblings, gone)
	from, to := gone.Pos(), gone.End()
	switch line := func(p token.Pos) int { return p.Line() }; {
	case i+1 < len(siblings) && line(siblings[i+1].Pos()) == line(to):
		to = siblings[i+1].Pos()
	case i > 0 && line(siblings[i-1].End()) == line(from):
		from = siblings[i-1].End()
	case len(siblings) > 1:
		return nil
	}
	return []finding.Edit{{From: source.Place(from), To: source.Place(to)}}
}

// lines removes the lines that a declaration has for itself; nothing when it shares one.
func lines(d ast.Decl, src *source.Repository) []finding.Edit {
	if commented(d) {
		return nil
	}
	from, to := d.Pos(), d.End()
	b, err := src.Read(strings.TrimPrefix(from.Filename(), "/"))
	if err != nil || to.Offset() > len(b) {
		return nil
	}
	text := string(b)
	start := strings.LastIndexByte(text[:from.Offset()], '\n') + 1
	rest, _, more := strings.Cut(text[to.Offset():], "\n")
	if strings.TrimSpace(text[start:from.Offset()]) != "" || strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), ",")) != "" {
		return nil
	}
	at, end := source.Place(from), source.Place(to)
	at.Column = 1
	if end.Column += len(rest); more {
		end.Line, end.Column = end.Line+1, 1
	}
	return []finding.Edit{{From: at, To: end}}
}

// commented reports whether there is a comment in or at a node.
func commented(n ast.Node) bool {
	found := false
	ast.Walk(n, func(n ast.Node) bool {
		found = found || len(ast.Comments(n)) > 0
		return !found
	}, nil)
	return found
}

// parentOf is the node that another one is right below.
func parentOf(f *ast.File, of ast.Node) ast.Node {
	var above []ast.Node
	var parent ast.Node
	ast.Walk(f, func(n ast.Node) bool {
		if n == of && len(above) > 0 {
			parent = above[len(above)-1]
		}
		above = append(above, n)
		return parent == nil
	}, func(ast.Node) { above = above[:len(above)-1] })
	return parent
}
