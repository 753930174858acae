// Package words has the wording that messages share: of values and their kinds, of paths, of
// lists, and of what a user wrote, shortened.
package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
	"stillsuit.dev/finding"
)

// maxQuote is the most of a user's value that a message repeats, in bytes.
const maxQuote = 60

// KindNames describes the kinds of values that k holds: "a whole number", "a
// text or a number".
func KindNames(k cue.Kind) string {
	var words []string
	add := func(kind cue.Kind, word string) {
		if k&kind == kind && kind != 0 {
			words = append(words, word)
			k &^= kind
		}
	}
	add(cue.StringKind, "a text")
	add(cue.NumberKind, "a number")
	add(cue.IntKind, "a whole number")
	add(cue.FloatKind, "a number")
	add(cue.BoolKind, "true or false")
	add(cue.ListKind, "a list")
	add(cue.StructKind, "a block with fields")
	add(cue.BytesKind, "bytes")
	add(cue.NullKind, "null")
	return finding.OneOf(words)
}

// Given describes a value that a user wrote: the text "me", the number 5.
func Given(k cue.Kind, text string) string {
	switch k {
	case cue.StringKind:
		return "the text " + text
	case cue.IntKind, cue.FloatKind, cue.NumberKind:
		return "the number " + text
	case cue.ListKind:
		return "a list"
	case cue.StructKind:
		return "a block with fields"
	}
	return text
}

// Code returns an expression as a user wrote it, on one line, shortened.
func Code(n ast.Node) string {
	b, err := format.Node(n)
	if err != nil {
		return ""
	}
	return Shorten(string(b))
}

// Shorten puts text on one line and cuts it at maxQuote.
func Shorten(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxQuote {
		return text
	}
	cut := maxQuote
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + "…"
}

// Dotted returns a path as CUE writes it.
func Dotted(path []string) string {
	var b strings.Builder
	for i, p := range path {
		if i > 0 {
			b.WriteByte('.')
		}
		if !ast.IsValidIdent(p) {
			if _, err := strconv.Atoi(p); err != nil {
				p = strconv.Quote(p)
			}
		}
		b.WriteString(p)
	}
	return b.String()
}

// Unquoted undoes the quotes that CUE puts round some elements of a path.
func Unquoted(path []string) []string {
	out := make([]string, len(path))
	for i, p := range path {
		out[i] = p
		if s, err := strconv.Unquote(p); err == nil {
			out[i] = s
		}
	}
	return out
}

// Subject returns the last name of a path, for the start of a sentence: for an
// element of a list, the list's name and which one.
func Subject(path []string) string {
	if len(path) == 0 {
		return "the package"
	}
	last := path[len(path)-1]
	if i, err := strconv.Atoi(last); err == nil && len(path) > 1 {
		return fmt.Sprintf("element %d of %s", i+1, path[len(path)-2])
	}
	return last
}

// DidYouMean is a mend with a suggestion, "" without one.
func DidYouMean(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return "did you mean " + suggestion + "?"
}

// ListFields tells which fields there are.
func ListFields(names []string) string {
	names = slices.Clone(names)
	slices.Sort(names)
	if len(names) == 1 {
		return "the only field there is " + names[0]
	}
	return "the fields there are " + finding.All(names)
}
