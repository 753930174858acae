package exposure

import (
	_ "embed"

	"stillsuit.dev/checks"
)

//go:embed doc.go
var doc string

// Checker checks exposures.
func Checker() *checks.Checker {
	return &checks.Checker{Name: "exposure", Doc: checks.Doc(doc), Codes: codes(), Run: run}
}

// check is one run.
type check struct{ *checks.Pass }

func run(pass *checks.Pass) error {
	c := check{pass}
	c.addresses()
	c.headless()
	return nil
}
