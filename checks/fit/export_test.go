package fit

import "stillsuit.dev/checks"

// Unguarded is the check without a guard: "refused" or "bound".
func Unguarded(without string, opts *Options) *checks.Checker {
	g := guards{(*analysis).refused, (*analysis).bound}
	switch off := func(*analysis) {}; without {
	case "refused":
		g.refused = off
	case "bound":
		g.bound = off
	}
	c := Checker(opts)
	c.Run = func(pass *checks.Pass) error { return g.run(pass, opts) }
	return c
}
