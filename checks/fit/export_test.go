package fit

import "stillsuit.dev/checks"

// Unguarded is the check without a guard: "refused" or "bound".
func Unguarded(without string, opts *Options) *checks.Checker {
	g := guards{leaveOutRefused, leaveOutTooMany}
	switch without {
	case "refused":
		g.refused = func(_ *checks.Pass, asked requested) requested { return asked }
	case "bound":
		g.bound = func(_ *checks.Pass, asked requested, _ []*machine) requested { return asked }
	}
	c := Checker(opts)
	c.Run = func(pass *checks.Pass) error { return g.run(pass, opts) }
	return c
}
