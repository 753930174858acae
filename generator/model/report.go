package model

import (
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/valid"
)

// Reporter collects findings on the user's lines.
type Reporter struct {
	Places   *Places
	Findings []finding.Finding
}

// Error reports that the input is wrong at path: fact, but contrast; mend.
func (r *Reporter) Error(path Path, code, fact, contrast, mend string) {
	r.add(finding.Error, path, code, fact, contrast, mend)
}

// Warn reports what is probably not meant.
func (r *Reporter) Warn(path Path, code, fact, contrast, mend string) {
	r.add(finding.Warning, path, code, fact, contrast, mend)
}

// Note reports what a user may want to know.
func (r *Reporter) Note(path Path, code, fact, contrast, mend string) {
	r.add(finding.Note, path, code, fact, contrast, mend)
}

// Refused reports values below a path that Kubernetes refuses.
func (r *Reporter) Refused(at Path, problems []valid.Problem) {
	for _, p := range problems {
		r.add(finding.Error, at.Join(p.Keys...), p.Code, p.Fact, "", p.Mend)
	}
}

func (r *Reporter) add(severity finding.Severity, path Path, code, fact, contrast, mend string) {
	r.Findings = append(r.Findings, finding.Finding{
		Code: code, Severity: severity, Place: r.Places.Of(path), Path: path.String(),
		Fact: fact, Contrast: contrast, Mend: mend,
	})
}
