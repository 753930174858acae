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

// Error reports that the input is wrong at path: problem, but detail; fix.
func (r *Reporter) Error(path Path, code finding.Code, problem, detail, fix string) Reported {
	return r.add(finding.Error, path, code, problem, detail, fix)
}

// Warn reports what is probably not meant.
func (r *Reporter) Warn(path Path, code finding.Code, problem, detail, fix string) Reported {
	return r.add(finding.Warning, path, code, problem, detail, fix)
}

// Note reports what a user may want to know.
func (r *Reporter) Note(path Path, code finding.Code, problem, detail, fix string) Reported {
	return r.add(finding.Note, path, code, problem, detail, fix)
}

// Report reports a finding at path.
func (r *Reporter) Report(path Path, f finding.Finding) Reported {
	f.Place, f.Path = r.Places.Of(path), path.String()
	r.Findings = append(r.Findings, f)
	return Reported{in: r, i: len(r.Findings) - 1, at: path}
}

// Refused reports values below a path that Kubernetes refuses.
func (r *Reporter) Refused(at Path, problems []valid.Problem) {
	for _, p := range problems {
		severity := finding.Error
		if p.Accepted {
			severity = finding.Warning
		}
		r.add(severity, at.Join(p.Keys...), p.Code, p.Problem, "", p.Fix)
	}
}

func (r *Reporter) add(severity finding.Severity, path Path, code finding.Code, problem, detail, fix string) Reported {
	return r.Report(path, finding.Finding{Code: code, Severity: severity, Problem: problem, Detail: detail, Fix: fix})
}
