// Package report writes findings in the forms that people and programs read: text, blocks
// on a terminal, JSON, SARIF, JUnit, the workflow commands of GitHub Actions, and Markdown.
//
// What a finding says comes from whoever wrote the CUE or the YAML: a pull request
// may hold anything. So each form keeps it where text belongs, and none lets control
// characters, or characters that change the direction of text, reach a terminal.
package report

import (
	"fmt"
	"io"
	"strings"

	"stillsuit.dev/finding"
)

// Report is what a run has to tell.
type Report struct {
	// Findings are sorted, as finding.Sort does.
	Findings []finding.Finding
	// Codes documents what is found. A finding of another code is told without.
	Codes []finding.CodeDoc
	// Checked are the codes that the run looked for. Forms that know what passed tell
	// those without a finding.
	Checked []finding.Code
	// Unchecked are codes that the run would have looked for, had the input not been
	// wrong before.
	Unchecked []finding.Code
	// Coverage says how much was checked, and what was not, a line each: the last lines of
	// the text and the terminal form.
	Coverage []string
	// Next says what to type next; only the terminal form has it.
	Next string
	// All has the terminal form list every finding. Without it, many findings of a code are
	// one block, and notes are counted, unless they are of a code in Asked.
	All   bool
	Asked []finding.Code
	// Lister is what lists all findings of a code when --only and --all follow: empty where
	// the command itself has these flags, "stillsuit check " for another one.
	Lister string
	// Source returns a file that a place is in, or nothing; nil shows no lines of files.
	Source func(file string) []byte
	// Screen is what the terminal form is written for.
	Screen Screen
	// Strict says that warnings and notes fail the run as errors do.
	Strict bool
}

// Writer writes a report in one form. The same report gives the same bytes.
type Writer func(io.Writer, *Report) error

// Forms are the names of all forms, as a sentence lists them.
func Forms() []string {
	return []string{"text", "terminal", "json", "sarif", "junit", "github", "markdown"}
}

// In returns the writer of a form.
func In(form string) (Writer, error) {
	switch form {
	case "text":
		return Text, nil
	case "terminal":
		return Terminal, nil
	case "json":
		return JSON, nil
	case "sarif":
		return SARIF, nil
	case "junit":
		return JUnit, nil
	case "github":
		return GitHub, nil
	case "markdown":
		return Markdown, nil
	}
	forms := Forms()
	last := len(forms) - 1
	return nil, fmt.Errorf("--output is %q; it is %s or %s", form, strings.Join(forms[:last], ", "), forms[last])
}

// fails reports whether a finding fails the run.
func (r *Report) fails(f finding.Finding) bool { return f.Severity == finding.Error || r.Strict }

// code is what documents a code; all but its name is empty when nothing does.
func (r *Report) code(name finding.Code) finding.CodeDoc {
	for _, c := range r.Codes {
		if c.Code == name {
			return c
		}
	}
	return finding.CodeDoc{Code: name}
}

// Totals are the numbers of findings: 1 error, 0 warnings, 2 notes.
func Totals(findings []finding.Finding) string {
	var counts [finding.Error + 1]int
	for _, f := range findings {
		counts[f.Severity]++
	}
	return fmt.Sprintf("%s, %s, %s", finding.Count(counts[finding.Error], "error"), finding.Count(counts[finding.Warning], "warning"), finding.Count(counts[finding.Note], "note"))
}
