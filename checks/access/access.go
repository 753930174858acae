package access

import (
	_ "embed"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/rights"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks boundaries, and what roles name.
func Checker() *checks.Checker {
	c := &checks.Checker{Name: "access", Doc: checks.Doc(doc), Codes: codes(), Run: run}
	for _, shared := range rights.Codes() {
		c.Shared = append(c.Shared, shared.Code)
	}
	return c
}

// Judge reports what the check finds, whether it is suppressed or not. With an error among
// that, nothing may be written.
func Judge(s *inventory.Subject) ([]finding.Finding, error) {
	judged := *s
	judged.Suppressions = nil
	return checks.Run(&judged, []*checks.Checker{Checker()}, nil)
}
