package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
)

// CELString is a text as a literal of CEL
// (github.com/google/cel-spec, langdef, string and bytes values).
func CELString(text string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range text {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('\'')
	// Kyverno rewrites object.spec for what makes pods wherever it stands, in texts too.
	text = strings.ReplaceAll(b.String(), "bject.spec", `bject\u002espec`)
	return strings.ReplaceAll(text, "bject.metadata", `bject\u002emetadata`)
}

// CELList is a list of texts as a literal of CEL.
func CELList(list []string) string {
	quoted := make([]string, len(list))
	for i, text := range list {
		quoted[i] = CELString(text)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// celMap is a map of such lists, sorted by key.
func celMap(lists map[string][]string) string {
	var entries []string
	for _, key := range slices.Sorted(maps.Keys(lists)) {
		entries = append(entries, CELString(key)+": "+CELList(lists[key]))
	}
	return "{" + strings.Join(entries, ", ") + "}"
}
