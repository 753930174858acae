package apiserver

import (
	_ "embed"
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks what the API server rejects.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "apiserver", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}

func run(pass *checks.Pass) error {
	minor := builtin.Newest
	if pass.Cluster != nil && pass.Cluster.Kubernetes.Minor() > 0 {
		minor = pass.Cluster.Kubernetes.Minor()
	}
	return builtin.Each(minor, pass.Objects, func(o *manifest.Object, refusals []refusal.Refusal) {
		for _, r := range refusals {
			at := pass.ByPatch(inventory.Spot{Object: o, Keys: r.Keys})
			if !found(pass, at) {
				pass.Report(at, finding.Finding{Code: r.Code, Severity: r.Severity, Problem: r.Problem, Detail: r.Detail, Fix: r.Fix})
			}
		}
	})
}

// found reports whether somebody who read the object reported the value at a spot already.
func found(pass *checks.Pass, at inventory.Spot) bool {
	return slices.ContainsFunc(pass.Found, func(f inventory.Found) bool {
		n := len(f.About.Keys)
		return n > 0 && f.About.Object == at.Object && n <= len(at.Keys) && slices.Equal(f.About.Keys, at.Keys[:n])
	})
}
