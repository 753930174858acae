package gate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/gate"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) { return finding.Place{}, "" }

// TestFlux changes what the Flux Operator makes Flux follow.
func TestFlux(t *testing.T) {
	operator := func(change func(*model.Flux)) *model.Flux {
		f := &model.Flux{Source: "git", URL: "https://example.com/home", Branch: "main", Operator: &model.FluxOperator{Version: "2.9.x", Registry: "ghcr.io/fluxcd", Tag: "latest"}}
		change(f)
		return f
	}
	same := operator(func(*model.Flux) {})
	bootstrapped := operator(func(f *model.Flux) { f.Operator = nil })
	for name, c := range map[string]struct {
		base, head *model.Flux
		says       string
	}{
		"nothing":      {same, same, ""},
		"the version":  {same, operator(func(f *model.Flux) { f.Operator.Version = "2.10.x" }), ""},
		"the address":  {same, operator(func(f *model.Flux) { f.URL = "https://example.com/evil" }), "Flux follows main of https://example.com/evil"},
		"the branch":   {same, operator(func(f *model.Flux) { f.Branch = "next" }), "Flux follows next of https://example.com/home"},
		"the source":   {same, operator(func(f *model.Flux) { f.Source = "oci" }), "Flux follows latest of"},
		"the registry": {same, operator(func(f *model.Flux) { f.Operator.Registry = "example.com/fluxcd" }), "Flux's controllers come from example.com/fluxcd"},
		"the operator": {bootstrapped, same, "the Flux Operator installs Flux, which follows main of https://example.com/home"},
		"no operator":  {same, bootstrapped, ""},
		"by bootstrap": {bootstrapped, operator(func(f *model.Flux) { f.Operator, f.URL = nil, "https://example.com/evil" }), ""},
	} {
		subject := func(f *model.Flux) *inventory.Subject {
			return &inventory.Subject{Name: "attic", Cluster: &model.Cluster{Flux: *f}, Places: nowhere{}}
		}
		found, err := gate.Compare(subject(c.base), subject(c.head), nil)
		require.NoError(t, err)
		if c.says == "" {
			require.Empty(t, found, name)
			continue
		}
		require.Len(t, found, 1, name)
		require.Contains(t, found[0].Problem, c.says, name)
	}
}
