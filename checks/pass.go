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
}

// Error reports that what is at the spot is wrong: fact, but contrast; mend.
func (p *Pass) Error(at inventory.Spot, code, fact, contrast, mend string) {
	p.add(finding.Error, at, code, fact, contrast, mend)
}

// Warn reports what is probably not meant.
func (p *Pass) Warn(at inventory.Spot, code, fact, contrast, mend string) {
	p.add(finding.Warning, at, code, fact, contrast, mend)
}

// Note reports what a user may want to know, or that something could not be told.
func (p *Pass) Note(at inventory.Spot, code, fact, contrast, mend string) {
	p.add(finding.Note, at, code, fact, contrast, mend)
}

func (p *Pass) add(severity finding.Severity, at inventory.Spot, code, fact, contrast, mend string) {
	p.reports = append(p.reports, report{finding.Finding{Code: code, Severity: severity, Fact: fact, Contrast: contrast, Mend: mend}, at})
}
