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
	Note    Severity = iota // reported, and nothing more
	Warning                 // reported; fails a strict run
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

// Finding is one mistake in the input, or one thing that stillsuit cannot tell. Problem,
// Detail and Fix are clauses, each of which can stand alone. They have no capital letter at
// the start and no full stop at the end: Message and the forms of a report add them.
type Finding struct {
	Code     Code // stable; `stillsuit explain CODE` tells more
	Severity Severity
	Place    Place  // on the user's line; the nearest one that is known
	Path     string // CUE path, "apps.mosquitto.containers.main.image"
	Policy   string // the policy that reports it; empty for most
	// Problem says what is wrong, names and values first: "mosquitto asks for port mqqt".
	Problem string
	// Detail says what was expected, or why it matters here: "its ports are mqtt and ws".
	// It may be empty.
	Detail string
	// Fix says what to type, as an imperative: "write mqtt". It may be empty.
	Fix string
	// Related are other places that have a part in it, most important first.
	Related []Related
	// Edits are the fix as changes of files, to be made all together; empty where the fix
	// is not a pure change of text that is known exactly. They do not overlap.
	Edits []Edit
}

// Related is another place that has a part in a finding.
type Related struct {
	Place Place
	What  string // what is there, as a short clause: "first set here"
}

// Edit replaces the bytes of a file from a place to another by new text. Where both are
// the same it inserts.
type Edit struct {
	// From and To are in the same file, with line and column; To is not before From. The
	// column counts bytes, and To's is that of the first byte which stays.
	From, To Place
	NewText  string // empty deletes
	// OldText is what stands there; the edit is not made where anything else does. It is
	// empty for an insertion, and where it is not known.
	OldText string
}

// Message returns what the finding says: Problem, Detail and Fix, a sentence each. Detail
// and Fix begin with a capital letter where they begin with a word. Problem stays as it is,
// since it begins with a name.
func (f Finding) Message() string {
	message := stopped(f.Problem)
	for _, part := range []string{f.Detail, f.Fix} {
		if part != "" {
			message += " " + stopped(Capital(part))
		}
	}
	return message
}

// String returns the finding as one line: FILE:LINE:COL: SEVERITY: Problem. Detail. Fix. [code].
func (f Finding) String() string {
	line := f.Severity.String() + ": " + f.Message() + " [" + string(f.Code) + "]"
	if f.Place.IsZero() {
		return line
	}
	return f.Place.String() + ": " + line
}

// Sort orders findings by place, code and message, and drops exact
// duplicates. It returns the shortened slice.
func Sort(fs []Finding) []Finding {
	slices.SortFunc(fs, func(a, b Finding) int {
		return cmp.Or(a.Place.Compare(b.Place), cmp.Compare(a.Code, b.Code),
			strings.Compare(a.Path, b.Path),
			strings.Compare(a.Problem, b.Problem), strings.Compare(a.Detail, b.Detail), strings.Compare(a.Fix, b.Fix),
			cmp.Compare(a.Severity, b.Severity), strings.Compare(a.Policy, b.Policy),
			slices.CompareFunc(a.Related, b.Related, compareRelated), slices.CompareFunc(a.Edits, b.Edits, compareEdits))
	})
	return slices.CompactFunc(fs, equal)
}

func compareRelated(a, b Related) int {
	return cmp.Or(a.Place.Compare(b.Place), strings.Compare(a.What, b.What))
}

func compareEdits(a, b Edit) int {
	return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), strings.Compare(a.NewText, b.NewText), strings.Compare(a.OldText, b.OldText))
}

func equal(a, b Finding) bool {
	return a.Code == b.Code && a.Severity == b.Severity && a.Place == b.Place && a.Path == b.Path && a.Policy == b.Policy &&
		a.Problem == b.Problem && a.Detail == b.Detail && a.Fix == b.Fix && slices.Equal(a.Related, b.Related) && slices.Equal(a.Edits, b.Edits)
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

// All writes names as they stand in a sentence: a, b and c.
func All(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
