package finding

import (
	"fmt"
	"slices"
	"strings"
)

// Code names one kind of finding: a family and a name in lower case, "app/unknown-port".
// Exactly one package documents a code and reports findings of it.
type Code string

// Family is what stands before the slash: "app".
func (c Code) Family() string {
	if name, _, cut := strings.Cut(string(c), "/"); cut && name != "" {
		return name
	}
	return string(c)
}

// CodeDoc documents one code, for `stillsuit explain`.
type CodeDoc struct {
	Code    Code
	Title   string // one line
	Plural  string // what many findings say together, with one %d for their number; may be empty
	Text    string // why it matters and what to do, a few paragraphs of plain text
	Example string // input that gives it, and how to fix it; may be empty
	Former  []Code // names that the code had in earlier releases
	Hiding  Hiding // what may hide a finding of the code
}

// Together says what a number of findings of the code say together, of which f is one: "14
// workloads have no memory limit". Without a plural it is the title, and the number.
func (d CodeDoc) Together(f Finding, n int) string {
	switch {
	case d.Plural != "":
		return fmt.Sprintf(d.Plural, n)
	case d.Title != "":
		return fmt.Sprintf("%s (%d times)", d.Title, n)
	}
	return fmt.Sprintf("%s, and others (%d times)", f.Problem, n)
}

// Hiding says what may hide findings of a code.
type Hiding int

// The ways to hide a finding.
const (
	ByAll     Hiding = iota // --only, --skip and suppressions
	ByFlags                 // --only and --skip, which last for one run
	ByNothing               // without it, a run would look like one that checked everything
)

// Lookup returns the documentation of a code by its name. The error of one that is not
// there says which name a former one has now, or which one is meant.
func Lookup(docs []CodeDoc, code Code) (CodeDoc, error) {
	var names []string
	for _, d := range docs {
		switch {
		case d.Code == code:
			return d, nil
		case slices.Contains(d.Former, code):
			return CodeDoc{}, fmt.Errorf("%s is now %s", code, d.Code)
		}
		names = append(names, string(d.Code))
	}
	return CodeDoc{}, fmt.Errorf("%q is no code of a finding; %s", code, DidYouMean(string(code), names, "`stillsuit explain` lists them"))
}
