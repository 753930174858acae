package access

import (
	_ "embed"

	"stillsuit.dev/checks"
)

//go:embed doc.go
var doc string

// Checker checks boundaries.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "access", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}
