package checks

import "strings"

// Doc is the text of a doc.go: the comment before its package clause, without the
// marks. A checker embeds its own.
func Doc(source string) string {
	comment, _, _ := strings.Cut(source, "\npackage ")
	var b strings.Builder
	for line := range strings.Lines(comment) {
		b.WriteString(strings.TrimPrefix(strings.TrimPrefix(strings.TrimRight(line, "\n"), "//"), " ") + "\n")
	}
	return strings.TrimSpace(b.String())
}
