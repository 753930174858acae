package explain

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/errors"
	"cuelang.org/go/cue/scanner"
	"cuelang.org/go/cue/token"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// syntax explains what the parser did not expect.
func (l *loading) syntax(c cueError) finding.Finding {
	text := errors.Newf(token.NoPos, c.format, c.args...).Error()
	f := finding.Finding{Code: "cue/syntax", Severity: finding.Error, Place: source.Place(c.pos)}
	f.Problem, f.Detail, f.Fix = syntaxWords(text, l.src.Line(c.pos))
	if l.hiddenLine(c.pos) && f.Problem != unendedText {
		f.Problem, f.Detail, f.Fix = hiddenSyntax(text)
	}
	return f
}

// hiddenLine reports whether what stands at a position of a file that cannot be parsed may
// be a secret, by the labels before it whose blocks are still open.
func (l *loading) hiddenLine(pos token.Pos) bool {
	data, err := l.src.Read(strings.TrimPrefix(pos.Filename(), "/"))
	if err != nil || pos.Offset() > len(data) {
		return true
	}
	file := token.NewFile(pos.Filename(), -1, len(data))
	var s scanner.Scanner
	s.Init(file, data, func(token.Pos, string, []any) {}, 0)
	var open [][]string // of each block, the labels that lead to it
	var labels []string // of the field that is being read
	last := ""
	for {
		at, tok, text := s.Scan()
		if tok == token.EOF || at.Offset() >= pos.Offset() {
			break
		}
		switch tok {
		case token.IDENT, token.STRING:
			last = strings.Trim(text, `"`)
		case token.COLON:
			labels, last = append(labels, last), ""
		case token.LBRACE, token.LBRACK, token.LPAREN:
			if tok == token.LBRACK {
				labels = append(labels, element)
			}
			open, labels, last = append(open, labels), nil, ""
		case token.RBRACE, token.RBRACK, token.RPAREN:
			labels, last = nil, ""
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case token.COMMA:
			labels, last = nil, ""
		}
	}
	path := slices.Concat(slices.Concat(open...), labels)
	return l.secrets.hiddenPath(path) || last != "" && l.secrets.hiddenPath(append(path, last))
}

// hiddenSyntax says what a parser's message means without what stands on its line.
func hiddenSyntax(text string) (fact, contrast, mend string) {
	fact, contrast, mend = syntaxWords(text, [2]string{})
	if strings.Contains(fact, text) || strings.HasPrefix(fact, "CUE ") {
		fact, contrast = "CUE cannot read this", ""
	}
	if mend == "" {
		mend = "a text stands in quotes, and a field is written name: value"
	}
	return fact, contrast, mend
}
