// Package checks is the frame of all checks: what a checker is, what it is
// given, and how checkers are run over the rendered objects of a cluster or over
// a tree that no CUE produced. It makes no object; the generator does.
package checks

import (
	"fmt"
	"slices"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// Checker is one concern that objects are checked for. Each lives in a package of
// its own, whose documentation is the checker's.
type Checker struct {
	// Name is that of the package, and what its codes start with: images.
	Name string
	// Doc says what is checked, on one line and then at length.
	Doc string
	// Codes documents every code that is the checker's own.
	Codes []finding.CodeDoc
	// Shared are codes of packages below, whose findings Run passes on. It reports no
	// code but those and its own.
	Shared []finding.Code
	// Yields are codes of its findings that are left out where another checker reports an
	// error at the same value: one mistake is one finding.
	Yields []finding.Code
	// Run reports what is wrong to the pass. An error means that the check could not
	// be made; what the checker cannot tell about the input is a finding. The error is
	// reported with the checker's name, so it need not repeat it.
	Run func(*Pass) error
}

// Options are the choices of a Run; nil means defaults.
type Options struct {
	// Today is the day by which suppressions and exceptions end, YYYY-MM-DD. Without it
	// none of those that end holds.
	Today string
	// Only are the codes to report; none means all.
	Only []finding.Code
	// Skip are codes not to report.
	Skip []finding.Code
	// Before documents what may be among the subject's Found: those who made or read the
	// subject looked for all of it.
	Before []finding.CodeDoc
	// Known documents every code, of those too who do not take part in this run: a
	// suppression may be about any. Before and the checkers' own need not be in it.
	Known []finding.CodeDoc
}

// Wants reports whether a finding of a code is to be reported: those that nothing hides
// always are.
func (o *Options) Wants(code finding.Code) bool {
	return crash.Is(code) || code == codeIncomplete || (len(o.Only) == 0 || slices.Contains(o.Only, code)) && !slices.Contains(o.Skip, code)
}

// Reports reports whether a code is the checker's own, or one that it passes on.
func (c *Checker) Reports(code finding.Code) bool {
	return slices.Contains(c.Shared, code) || slices.ContainsFunc(c.Codes, func(d finding.CodeDoc) bool { return d.Code == code })
}

// Run runs the checkers on the subject, side by side. It returns what was found
// before, what they report and what is wrong with the suppressions, sorted, without what a
// suppression or a flag hides. A checker that panics is a
// finding of crash.Code, which nothing hides, beside what it and the others reported; one
// that fails, or reports a code that it does not document, is one of crash.CodeFailed. An
// error means that the checkers are not sound.
func Run(subject *inventory.Subject, checkers []*Checker, opts *Options) ([]finding.Finding, error) {
	if opts == nil {
		opts = &Options{}
	}
	if err := Validate(checkers); err != nil {
		return nil, err
	}
	shared := *subject
	shared.Places = &inTurn{places: subject.Places}
	subject = &shared
	passes := make([]*Pass, len(checkers))
	var group crash.Group
	for i, c := range checkers {
		passes[i] = &Pass{Subject: subject, Today: opts.Today, checker: c}
		group.Go(passes[i].run)
	}
	group.Wait()
	reports := found(subject)
	var broken []finding.Finding
	var made []*Checker
	for _, p := range passes {
		reports = append(reports, p.reports...)
		switch {
		case p.crashed != nil:
			broken = append(broken, p.blame())
		case p.failed != nil:
			broken = append(broken, p.failure())
		default:
			made = append(made, p.checker)
		}
	}
	known := slices.Concat(opts.Known, opts.Before, Codes(), inventory.Codes(), docsOf(checkers))
	reports = yielded(reports, checkers, opts)
	findings := judge(subject, reports, known, slices.Concat(codesOf(opts.Before), codesOf(docsOf(made))), opts)
	return finding.Sort(append(findings, broken...)), nil
}

// yielded leaves out the reports that yield to one of another code at the same value, which
// is shown.
func yielded(reports []report, checkers []*Checker, opts *Options) []report {
	var yields []finding.Code
	for _, c := range checkers {
		yields = append(yields, c.Yields...)
	}
	if len(yields) == 0 {
		return reports
	}
	firm := map[*manifest.Object][][]string{}
	for _, r := range reports {
		if r.at.Object != nil && r.Severity == finding.Error && opts.Wants(r.Code) && !slices.Contains(yields, r.Code) {
			firm[r.at.Object] = append(firm[r.at.Object], r.at.Keys)
		}
	}
	return slices.DeleteFunc(reports, func(r report) bool {
		return slices.Contains(yields, r.Code) && slices.ContainsFunc(firm[r.at.Object], func(keys []string) bool { return slices.Equal(keys, r.at.Keys) })
	})
}

// run calls the checker; a panic is kept in crashed, and an error in failed.
func (p *Pass) run() {
	defer func() {
		if r := recover(); r != nil {
			p.crashed = crash.New("", r)
		}
	}()
	p.failed = p.checker.Run(p)
	for _, r := range p.reports {
		if p.failed == nil && !p.checker.Reports(r.Code) {
			p.failed = fmt.Errorf("it reports %s, which it does not document", r.Code)
		}
	}
}

// Validate refuses checkers that are not documented, or that share a name or code.
func Validate(checkers []*Checker) error {
	names, codes := map[string]bool{}, map[finding.Code]bool{}
	for _, c := range checkers {
		if c.Name == "" || c.Doc == "" || c.Run == nil || len(c.Codes) == 0 {
			return fmt.Errorf("checker %q has no name, no documentation, no codes or nothing to run", c.Name)
		}
		if names[c.Name] {
			return fmt.Errorf("two checkers are called %s", c.Name)
		}
		names[c.Name] = true
		for _, code := range c.Codes {
			if code.Title == "" || code.Text == "" || codes[code.Code] {
				return fmt.Errorf("checker %s: code %q is not documented, or twice", c.Name, code.Code)
			}
			codes[code.Code] = true
		}
	}
	return nil
}

func docsOf(checkers []*Checker) []finding.CodeDoc {
	var out []finding.CodeDoc
	for _, c := range checkers {
		out = append(out, c.Codes...)
	}
	return out
}

func codesOf(docs []finding.CodeDoc) []finding.Code {
	out := make([]finding.Code, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.Code)
	}
	return out
}
