package checks

import (
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// Pass is one run of one checker. It is not for several goroutines.
type Pass struct {
	*inventory.Subject
	// Today is the day of the run, YYYY-MM-DD; empty when nobody said.
	Today string
	// Trial says that the checker only looks for the object that it panicked on, among
	// some of the objects: nobody else is told what it finds out.
	Trial   bool
	checker *Checker
	reports []report
	crashed *crash.Error // nil when it did not
	failed  error        // of the checker
}

// report is a finding whose place is not known yet.
type report struct {
	finding.Finding
	at inventory.Spot
	// placed says that the finding has its place and path already.
	placed bool
	// changes are the fix, whose edits are made when the finding has its place.
	changes []change
}

// Error reports that what is at the spot is wrong. Problem, detail and fix are clauses, as finding.Finding has them.
func (p *Pass) Error(at inventory.Spot, code finding.Code, problem, detail, fix string) Reported {
	return p.add(finding.Error, at, code, problem, detail, fix)
}

// Warn reports what is probably not meant.
func (p *Pass) Warn(at inventory.Spot, code finding.Code, problem, detail, fix string) Reported {
	return p.add(finding.Warning, at, code, problem, detail, fix)
}

// Note reports what a user may want to know, or that something could not be told.
func (p *Pass) Note(at inventory.Spot, code finding.Code, problem, detail, fix string) Reported {
	return p.add(finding.Note, at, code, problem, detail, fix)
}

// Report reports a finding at the spot, or at its own place where it has one. Its code is
// the checker's, or one of a package below that made the finding.
func (p *Pass) Report(at inventory.Spot, f finding.Finding) Reported {
	p.reports = append(p.reports, report{Finding: f, at: at, placed: !f.Place.IsZero()})
	return Reported{p, len(p.reports) - 1}
}

func (p *Pass) add(severity finding.Severity, at inventory.Spot, code finding.Code, problem, detail, fix string) Reported {
	return p.Report(at, finding.Finding{Code: code, Severity: severity, Problem: problem, Detail: detail, Fix: fix})
}
