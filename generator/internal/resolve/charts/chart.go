// Package charts decides about charts: where they come from, their values, and what
// they say of their pods.
package charts

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/written"
)

// Charts decides what becomes of each chart.
type Charts struct{ *scope.Scope }

// Resolve decides what is made of a chart. It returns nil for one that is installed
// outside of Flux, and for one that says no namespace, which it has then reported.
func (r Charts) Resolve(c *scope.Chart) *Resolved {
	r.checkChart(c)
	if c.Declared.Namespace == "" {
		r.Error(c.At, "app/missing-field", "chart "+c.Owner+" has no namespace", "every chart is installed into one", `add namespace: "…"`)
		return nil
	}
	if c.Declared.Outside != "" {
		return nil
	}
	r.chartSecurity(c)
	out := &Resolved{Chart: c}
	out.Secrets = scope.SecretReader(r).SecretsOf(&scope.Holder{Kind: "chart", Name: c.Owner, Namespace: c.Declared.Namespace, At: c.At, Secrets: c.Declared.Secrets})
	if out.From, out.Known = r.chartSource(c); out.Known {
		out.Values, out.SecretHash = r.secretValues(c)
	}
	out.Objects = written.Read(&r.Reporter, c.Owner, c.Declared.Namespace, c.At, c.Declared.Objects)
	return out
}

// chartSecurity notes what the chart's pods need. What they are is not seen here,
// so they count as baseline unless their namespace says more.
func (r Charts) chartSecurity(c *scope.Chart) {
	switch declared := r.Desired.Namespaces[c.Declared.Namespace]; {
	case c.Declared.Exempt.Privileged != "":
		r.Demands(&c.Party, scope.Privileged, c.At.Join("exempt", "privileged"), c.Declared.Exempt.Privileged)
	case c.Declared.RunsPods() && (declared == nil || declared.Security == "" && declared.Workspace == ""):
		r.Security[c.Declared.Namespace] = max(r.Security[c.Declared.Namespace], scope.Baseline)
	}
}

// checkFootprint reports a footprint that budgets cannot count.
func (r Charts) checkFootprint(c *scope.Chart) {
	if c.Declared.Footprint == nil {
		r.Note(c.At, "chart/no-footprint", fmt.Sprintf("chart %s says no footprint", c.Owner), "budgets cannot see what its pods ask for",
			"add footprint, or footprint: {} when it runs no pods")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Declared.Footprint)) {
		f, at := c.Declared.Footprint[name], c.At.Join("footprint", name)
		if f.PerNode && f.Replicas != nil {
			r.Error(at, "chart/footprint", fmt.Sprintf("component %s of chart %s says replicas and perNode", name, c.Owner), "it runs a number of pods, or one on each node", "keep one")
		}
		if f.Requests != nil && f.Limits != nil {
			r.CheckAmounts(at, "component "+name, *f.Requests, *f.Limits)
		}
	}
}

// Resolved is a chart that Flux installs.
type Resolved struct {
	*scope.Chart
	Secrets    []*scope.Secret
	From       chartOrigin
	Known      bool // where it comes from; else it is not installed
	Values     []secretValue
	SecretHash string // of the files that values come from; "" without one
	Objects    []written.Object
}
