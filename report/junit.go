package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
)

// The elements and attributes are those of Jenkins' junit-10.xsd (jenkinsci/xunit-plugin),
// which GitLab reads too. It has no place for a file and a line: they stand in the text.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Error   *junitFailure `xml:"error"`
		Failure *junitFailure `xml:"failure"`
		Skipped *junitSkipped `xml:"skipped"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// JUnit writes a suite for what stands before the slash of codes, and in it a case for
// each finding and for each code without one. Findings that do not fail the run are
// cases that passed, with an output. A code that could not be looked for is a case that
// was skipped, and a crash of stillsuit is an error. Names of cases are unique, and stay while the finding does.
func JUnit(out io.Writer, r *Report) error {
	all := junitSuites{Name: "stillsuit"}
	for _, code := range r.all() {
		name := Line(code.Family())
		if last := len(all.Suites) - 1; last < 0 || all.Suites[last].Name != name {
			all.Suites = append(all.Suites, junitSuite{Name: name})
		}
		suite := &all.Suites[len(all.Suites)-1]
		suite.Cases = append(suite.Cases, r.cases(code)...)
	}
	for i := range all.Suites {
		s := &all.Suites[i]
		for _, c := range s.Cases {
			s.Tests++
			if c.Error != nil {
				s.Errors++
			}
			if c.Failure != nil {
				s.Failures++
			}
			if c.Skipped != nil {
				s.Skipped++
			}
		}
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Errors += s.Errors
	}
	b, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s%s\n", xml.Header, b)
	return err
}

// all are the codes that were found, looked for or would have been, sorted.
func (r *Report) all() []finding.Code {
	codes := slices.Concat(r.Checked, r.Unchecked)
	for _, f := range r.Findings {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// cases are those of one code.
func (r *Report) cases(code finding.Code) []junitCase {
	var out []junitCase
	class, used := Line(string(code)), map[string]bool{}
	for _, f := range r.Findings {
		if f.Code != code {
			continue
		}
		name := Line(subjectOf(f).name())
		c := junitCase{Class: class, Name: name}
		for n := 2; used[c.Name]; n++ {
			c.Name = fmt.Sprintf("%s (%d)", name, n)
		}
		used[c.Name] = true
		text := Line(f.String())
		told := &junitFailure{Type: f.Severity.String(), Message: Line(f.Message()), Text: text}
		switch {
		case crash.Is(f.Code):
			c.Error = told
		case r.fails(f):
			c.Failure = told
		default:
			c.Output = text
		}
		out = append(out, c)
	}
	switch {
	case out != nil:
	case slices.Contains(r.Unchecked, code):
		out = []junitCase{{Class: class, Name: passed, Skipped: &junitSkipped{"not looked for everywhere: the input is wrong before that, or stillsuit crashed"}}}
	default:
		out = []junitCase{{Class: class, Name: passed}}
	}
	return out
}

// passed is the name of the case of a code without a finding.
const passed = "nothing found"
