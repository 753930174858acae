package checks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// panicking panics when all of the named objects are there.
func panicking(names ...string) func(*checks.Pass) error {
	return func(p *checks.Pass) error {
		here := 0
		for _, o := range p.Objects {
			p.Warn(inventory.Spot{Object: o}, "broken/odd", o.Name+" is odd", "", "")
			if slices.Contains(names, o.Name) {
				here++
			}
		}
		if here == len(names) {
			panic("canary")
		}
		return nil
	}
}

// A checker that panics is a finding about the object that it panics on, and all else
// is reported.
func TestACheckerThatPanics(t *testing.T) {
	objects := []*manifest.Object{object("a", "a"), object("b", "b"), object("c", "c"), object("d", "d"), object("e", "e")}
	alone := func(name string) func(*checks.Pass) error {
		return func(p *checks.Pass) error {
			var group crash.Group
			group.Go(func() { _ = panicking(name)(p) })
			group.Wait()
			return nil
		}
	}
	for name, c := range map[string]struct {
		run  func(*checks.Pass) error
		path string
		says string
	}{
		"the first":     {panicking("a"), "apps.a", "while checking Deployment web/a with broken: a panic with a string in checks/crashed_test.go:"},
		"the third":     {panicking("c"), "apps.c", "while checking Deployment web/c with broken"},
		"the last":      {panicking("e"), "apps.e", "while checking Deployment web/e with broken"},
		"in a routine":  {alone("d"), "apps.d", "while checking Deployment web/d with broken"},
		"two together":  {panicking("b", "d"), "", "while checking attic with broken"},
		"without cause": {panicking(), "", "while checking attic with broken"},
	} {
		t.Run(name, func(t *testing.T) {
			subject := &inventory.Subject{
				Name: "attic", Places: places{}, Objects: objects, Cluster: &model.Cluster{}, Units: []inventory.Unit{{Name: "u", Objects: objects}},
				Suppressions: map[string]*model.Suppression{
					"unused":  {Code: "broken/bad", App: "a", Reason: "r", Until: "2027-01-01"},
					"of it":   {Code: crash.Code, App: "*", Reason: "r", Until: "2027-01-01"},
					"another": {Code: "one/odd", App: "a", Reason: "r", Until: "2027-01-01"},
				},
			}
			checkers := []*checks.Checker{two("one"), checker("broken", c.run)}
			for _, opts := range []*checks.Options{{Today: "2026-10-01"}, {Today: "2026-10-01", Skip: []finding.Code{crash.Code}}, {Today: "2026-10-01", Only: []finding.Code{"one/bad"}}} {
				got, err := checks.Run(subject, checkers, opts)
				require.NoError(t, err)
				i := slices.IndexFunc(got, func(f finding.Finding) bool { return f.Code == crash.Code })
				require.GreaterOrEqual(t, i, 0, "%v", opts)
				require.Equal(t, c.path, got[i].Path)
				require.Equal(t, finding.Error, got[i].Severity)
				require.Contains(t, got[i].Problem, c.says)
				require.NotContains(t, got[i].String(), "canary")
				count := func(start string) (n int) {
					for _, f := range got {
						if strings.HasPrefix(string(f.Code), start) {
							n++
						}
					}
					return n
				}
				require.Equal(t, 5, count("one/bad"), "the other check reports all")
				if opts.Only == nil {
					require.Equal(t, 4, count("one/odd"))
					require.Equal(t, 5, count("broken/odd"), "so does this one, as far as it came")
					require.Zero(t, count("check/suppression-unused"), "what it did not come to may be there")
				}
			}
			// Without the guard the process would end.
			if name != "in a routine" {
				require.Panics(t, func() {
					pass := &checks.Pass{Subject: subject}
					_ = c.run(pass)
				})
			}
		})
	}
	// A checker that comes to its end is none.
	got, err := checks.Run(&inventory.Subject{Places: places{}, Objects: objects}, []*checks.Checker{checker("broken", panicking("x"))}, nil)
	require.NoError(t, err)
	require.False(t, crash.Any(got))
}

// Nobody but the findings learns of the trials.
func TestTrialsAreMarked(t *testing.T) {
	var trials, runs int
	run := func(p *checks.Pass) error {
		if p.Trial {
			trials++
		} else {
			runs++
		}
		return panicking("a")(p)
	}
	_, err := checks.Run(&inventory.Subject{Places: places{}, Objects: []*manifest.Object{object("a", "a"), object("b", "b")}}, []*checks.Checker{checker("broken", run)}, nil)
	require.NoError(t, err)
	require.Equal(t, 1, runs)
	require.LessOrEqual(t, trials, 4)
}
