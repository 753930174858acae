package custom

import "stillsuit.dev/finding"

// suggest is the candidate that a word is a plausible typo of: one edit for up to 5 letters,
// two for up to 9, three beyond.
func suggest(word string, candidates []string) string {
	like := finding.Suggest(word, candidates)
	edits := 3
	switch n := len([]rune(word)); {
	case n <= 5:
		edits = 1
	case n <= 9:
		edits = 2
	}
	if like == "" || !finding.Near(word, like, edits) {
		return ""
	}
	return like
}
