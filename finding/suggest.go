package finding

import (
	"slices"
	"strings"
)

// Suggest returns the candidate that is most like word, for "did you mean",
// or "" when none is close: at most one edit in three letters.
func Suggest(word string, candidates []string) string {
	best, limit := "", len([]rune(word))/3+1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if d := distance(word, c, limit); d <= limit && c != word {
			if d < limit || best == "" {
				best, limit = c, d
			}
		}
	}
	return best
}

// DidYouMean is the mend of a name that is not known: the candidate that is most like
// it, or what else to do.
func DidYouMean(word string, candidates []string, otherwise string) string {
	if like := Suggest(word, candidates); like != "" {
		return "did you mean " + like + "?"
	}
	return otherwise
}

// Plausible is the candidate that a word is a plausible typo of: one edit for up to 5
// letters, two for up to 9, three beyond; "" when none is.
func Plausible(word string, candidates []string) string {
	like := Suggest(word, candidates)
	edits := 3
	switch n := len([]rune(word)); {
	case n <= 5:
		edits = 1
	case n <= 9:
		edits = 2
	}
	if like == "" || !Near(word, like, edits) {
		return ""
	}
	return like
}

// Certain is the candidate that a word is a typo of, beyond doubt, so that a program may
// write it: a plausible one, with no other as near, that differs in more than its digits; ""
// when none is.
func Certain(word string, candidates []string) string {
	like := Plausible(word, candidates)
	if like == "" || undigited(word) == undigited(like) {
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
