package policies

import (
	"slices"

	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
)

// Pass is one run of one checker. It is not for several goroutines.
type Pass struct {
	*Subject
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
	at Spot
}

// Spot is a value in an object or in a node, or with neither in the cluster's facts.
type Spot struct {
	// Object is the object that the value is in.
	Object *manifest.Object
	// Keys lead to the value in the object: spec, containers, 0, image.
	Keys []string
	// Labels lead to what the value was made from, below the object's origin, the
	// node or the cluster: containers, main, image. Objects that stand in CUE as
	// they are, and those of no CUE, have none.
	Labels []string
	// Node is the name of the node that the value is about.
	Node string
	// Policy is the name of the policy that the value is held against.
	Policy string
}

// Join is a spot further down, by keys that are the same in the object and in CUE.
func (s Spot) Join(keys ...string) Spot {
	s.Keys = append(slices.Clone(s.Keys), keys...)
	s.Labels = append(slices.Clone(s.Labels), keys...)
	return s
}

// Error reports that what is at the spot is wrong: fact, but contrast; mend.
func (p *Pass) Error(at Spot, code, fact, contrast, mend string) {
	p.add(finding.Error, at, code, fact, contrast, mend)
}

// Warn reports what is probably not meant.
func (p *Pass) Warn(at Spot, code, fact, contrast, mend string) {
	p.add(finding.Warning, at, code, fact, contrast, mend)
}

// Note reports what a user may want to know, or that something could not be told.
func (p *Pass) Note(at Spot, code, fact, contrast, mend string) {
	p.add(finding.Note, at, code, fact, contrast, mend)
}

func (p *Pass) add(severity finding.Severity, at Spot, code, fact, contrast, mend string) {
	p.reports = append(p.reports, report{finding.Finding{Code: code, Severity: severity, Fact: fact, Contrast: contrast, Mend: mend}, at})
}
