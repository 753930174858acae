// Package finding holds what the generator and the policies tell a user about
// their input: one mistake each, on the user's own line. Sort and Worst are for the
// findings of a run, DidYouMean suggests a word, All, OneOf and Count write lists and
// numbers in a sentence, and Mask and Hide keep secrets out of it.
package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says what a finding means for the exit code.
type Severity int

// The severities, mildest first.
const (
	Note    Severity = iota // told, and nothing more
	Warning                 // told; fails a strict run
	Error                   // the input is wrong or could not be judged
)

// String returns the severity's name in lower case.
func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return fmt.Sprintf("severity(%d)", int(s))
}

// Place is a position in a file of the repository. Line and Column count from
// 1; zero means unknown.
type Place struct {
	File   string // slash-separated, relative to the repository's root
	Line   int
	Column int // in bytes
}

// IsZero reports whether the place names nothing at all.
func (p Place) IsZero() bool { return p == Place{} }

// String returns file:line:col, without the parts that are unknown.
func (p Place) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.Column == 0:
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Compare orders places by file, line and column.
func (p Place) Compare(q Place) int {
	return cmp.Or(strings.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
}

// Finding is one thing that is wrong with the input, or that could not be
// told. Fact, Contrast and Mend are written without a capital letter at the
// start and without a full stop at the end: together they make one sentence.
type Finding struct {
	Code     string // stable, "images/no-platform"; `stillsuit explain CODE` tells more
	Severity Severity
	Place    Place  // on the user's line; the nearest one that is known
	Path     string // CUE path, "apps.mosquitto.containers.main.image"
	Policy   string // the policy that it is held against; empty for most
	Fact     string // what is: "mosquitto asks for port mqqt"
	Contrast string // what it stands against: "its ports are mqtt and ws"; may be empty
	Mend     string // what to do: "write mqtt"
}

// Message returns the finding's sentence: fact, but contrast; mend.
func (f Finding) Message() string {
	var b strings.Builder
	b.WriteString(f.Fact)
	if f.Contrast != "" {
		b.WriteString(", but " + f.Contrast)
	}
	if f.Mend != "" {
		b.WriteString("; " + f.Mend)
	}
	return b.String()
}

// String returns the finding as one line: file:line:col: code: sentence.
func (f Finding) String() string {
	var b strings.Builder
	if !f.Place.IsZero() {
		b.WriteString(f.Place.String() + ": ")
	}
	b.WriteString(f.Code + ": " + f.Message())
	return b.String()
}

// Sort orders findings by place, code and message, and drops exact
// duplicates. It returns the shortened slice.
func Sort(fs []Finding) []Finding {
	slices.SortFunc(fs, func(a, b Finding) int {
		return cmp.Or(a.Place.Compare(b.Place), strings.Compare(a.Code, b.Code),
			strings.Compare(a.Path, b.Path), strings.Compare(a.Message(), b.Message()))
	})
	return slices.Compact(fs)
}

// Worst returns the highest severity among fs, and false when fs is empty.
func Worst(fs []Finding) (Severity, bool) {
	if len(fs) == 0 {
		return Note, false
	}
	worst := Note
	for _, f := range fs {
		worst = max(worst, f.Severity)
	}
	return worst, true
}

// Code documents one kind of finding, for `stillsuit explain`.
type Code struct {
	Code    string // "app/unknown-port"
	Title   string // one line
	Text    string // why it matters and what to do, a few paragraphs of plain text
	Example string // input that gives it, and how to mend it; may be empty
}

// All writes names as they stand in a sentence: a, b and c.
func All(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

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
