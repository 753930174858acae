package finding

import (
	"slices"
	"strings"
)

// Suggest returns the candidate that word is a plausible typo of, for "did you mean", or ""
// when none is: one edit for up to 5 letters, two for up to 9, three beyond, or its plural. Names of one
// pattern are no typos of each other (pi1 and pi3), and of paths only what differs counts.
func Suggest(word string, candidates []string) string {
	best, least := "", 0
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		a, b := differing(word, c)
		n := max(len([]rune(a)), len([]rune(b)))
		limit := 3
		switch {
		case c == word || undigited(word) == undigited(c) || n < 3 && a != word:
			continue
		case len([]rune(a)) <= 5:
			limit = 1
		case len([]rune(a)) <= 9:
			limit = 2
		}
		d := distance(a, b, limit)
		if plural(a) == b || plural(b) == a {
			d = 1
		}
		if d <= limit && (best == "" || d < least) {
			best, least = c, d
		}
	}
	return best
}

// differing are two paths without the directories and the ends of names that both have.
func differing(a, b string) (string, string) {
	if !strings.Contains(a, "/") || !strings.Contains(b, "/") {
		return a, b
	}
	for {
		one, rest, more := strings.Cut(a, "/")
		two, rest2, more2 := strings.Cut(b, "/")
		if !more || !more2 || one != two {
			break
		}
		a, b = rest, rest2
	}
	stem, end, _ := strings.Cut(a, ".")
	stem2, end2, _ := strings.Cut(b, ".")
	if end == end2 && stem != stem2 {
		return stem, stem2
	}
	return a, b
}

// DidYouMean is the mend of a name that is not known: the candidate that is most like
// it, or what else to do.
func DidYouMean(word string, candidates []string, otherwise string) string {
	if like := Suggest(word, candidates); like != "" {
		return "did you mean " + like + "?"
	}
	return otherwise
}

// Certain is the candidate that a word is a typo of, beyond doubt, so that a program may
// write it: a plausible one, with no other as near; "" when none is.
func Certain(word string, candidates []string) string {
	like := Suggest(word, candidates)
	if like == "" {
		return ""
	}
	edits := 0
	for !Near(word, like, edits) {
		edits++
	}
	for _, c := range candidates {
		if c != like && c != word && Near(word, c, edits) {
			return ""
		}
	}
	return like
}

// undigited is a word without its digits: pi1 and pi3 are two names, and no typo.
func undigited(word string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, word)
}

// distance is the number of insertions, deletions, substitutions and swaps of
// neighbours between a and b, or limit+1 when there are more than limit.
func distance(a, b string, limit int) int {
	s, t := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	if d := len(s) - len(t); d > limit || -d > limit {
		return limit + 1
	}
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(s)][len(t)]
}

// Near reports whether a and b are at most that many edits apart, case aside.
func Near(a, b string, edits int) bool { return distance(a, b, edits) <= edits }
