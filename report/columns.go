package report

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns is how many columns of a terminal a text takes, which Line or visible has made
// safe: letters of East Asia and most pictures take two, marks on another letter none.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += wide(r)
	}
	return n
}

func wide(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// cut is a text in at most so many columns.
func cut(text string, most int, cuts bool) string {
	if !cuts || columns(text) <= most {
		return text
	}
	n := 0
	for i, r := range text {
		if n += wide(r); n >= most {
			return text[:i] + "…"
		}
	}
	return text
}

// wrapped breaks a text between words into lines of at most so many columns, and begins all
// but the first with so many spaces. A longer word has a line of its own.
func wrapped(text string, most, indent int) []string {
	if most <= 0 || columns(text) <= most {
		return []string{text}
	}
	most = max(most, indent+20)
	var lines []string
	line := text[:len(text)-len(strings.TrimLeft(text, " "))]
	for i, word := range strings.Split(text[len(line):], " ") {
		switch {
		case i == 0:
			line += word
		case columns(line)+1+columns(word) > most:
			lines = append(lines, inert(line))
			line = strings.Repeat(" ", indent) + word
		default:
			line += " " + word
		}
	}
	return append(lines, inert(line))
}
