package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// OneOf writes names as they stand in a sentence: a, b or c.
func OneOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

// Count writes a number of things: 1 pod, 2 pods, 3 policies.
func Count(n int, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %s", n, plural(of))
}

// Are is the verb of so many things: is, are.
func Are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// OneOfSorted is OneOf for names in any order, each once; "none" without one.
func OneOfSorted(names []string) string { return cmp.Or(OneOf(once(names)), "none") }

// AllSorted is All for names in any order, each once; "none" without one.
func AllSorted(names []string) string { return cmp.Or(All(once(names)), "none") }

// Named writes what names are of: "key token", "keys path and token".
func Named(of string, names []string) string {
	if len(names) > 1 {
		of = plural(of)
	}
	return of + " " + All(names)
}

// Has says what an owner has of something: "app web has no port", "app web has only the
// port http", "app web has the ports admin and http".
func Has(owner, what string, names []string) string {
	names = once(names)
	switch len(names) {
	case 0:
		return owner + " has no " + what
	case 1:
		return owner + " has only the " + Named(what, names)
	}
	return owner + " has the " + Named(what, names)
}

func once(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

func plural(of string) string {
	if stem, y := strings.CutSuffix(of, "y"); y && !strings.ContainsAny(of[max(0, len(stem)-1):len(stem)], "aeiou") {
		return stem + "ies"
	}
	if strings.HasSuffix(of, "s") || strings.HasSuffix(of, "sh") {
		return of + "es"
	}
	return of + "s"
}

// Capital begins a clause with a capital letter, when its first word consists of the letters
// a to z. Names that are written otherwise stay, and so does the name of the program: docker.io/x, node1, images.lock.json,
// spec.replicas, cluster: backups, and what stands in backticks.
func Capital(clause string) string {
	end := strings.IndexFunc(clause, func(r rune) bool { return r < 'a' || r > 'z' })
	if end < 0 {
		end = len(clause)
	}
	if end == 0 || clause[:end] == "stillsuit" || end < len(clause) && !strings.HasPrefix(clause[end:], " ") && !strings.HasPrefix(clause[end:], ", ") {
		return clause
	}
	return strings.ToUpper(clause[:1]) + clause[1:]
}

// stopped ends a clause as a sentence, unless it ends as one. An ellipsis that shortens a
// word, such as a digest, does not end it.
func stopped(clause string) string {
	short, ellipsis := strings.CutSuffix(clause, "…")
	last, _ := utf8.DecodeLastRuneInString(short)
	ends := strings.ContainsRune(".?!", last)
	if ellipsis {
		ends = !unicode.IsLetter(last) && !unicode.IsDigit(last)
	}
	if clause == "" || ends {
		return clause
	}
	return clause + "."
}
