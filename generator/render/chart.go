package render

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
)

// chart is one chart, with what others ask of its pods.
type chart struct {
	*model.Chart
	party
}

func newChart(name string, declared *model.Chart) *chart {
	c := &chart{Chart: declared}
	c.party = party{
		kind: "chart", owner: name, full: name, namespace: declared.Namespace,
		at: model.Path{"charts", name}, selector: declared.Pods, labels: declared.Pods,
	}
	for _, s := range sorted(declared.Services) {
		it := declared.Services[s]
		p := port{
			name: s, number: it.Target, protocol: corev1.ProtocolTCP, at: c.at.Join("services", s),
			service: &service{name: it.Service, port: it.Port, pods: it.Pods},
		}
		if it.UDP {
			p.protocol = corev1.ProtocolUDP
		}
		c.ports = append(c.ports, p)
	}
	return c
}

// charts decides what becomes of each chart.
type charts struct{ *scope }

// resolve decides what is made of a chart. It returns nil for one that is installed
// outside of Flux, and for one that says no namespace, which it has then reported.
func (r charts) resolve(c *chart) *resolvedChart {
	r.checkChart(c)
	if c.Namespace == "" {
		r.Error(c.at, "app/missing-field", "chart "+c.owner+" has no namespace", "every chart is installed into one", `add namespace: "…"`)
		return nil
	}
	if c.Outside != "" {
		return nil
	}
	r.chartSecurity(c)
	out := &resolvedChart{chart: c}
	out.secrets = secretReader(r).secretsOf(&holder{kind: "chart", name: c.owner, namespace: c.Namespace, at: c.at, secrets: c.Secrets})
	if out.from, out.known = r.chartSource(c); out.known {
		out.values, out.secretHash = r.secretValues(c)
	}
	out.objects = ownObjects(&r.Reporter, c.owner, c.Namespace, c.at, c.Objects)
	return out
}

// chartSecurity notes what the chart's pods need. What they are is not seen here,
// so they count as baseline unless their namespace says more.
func (r charts) chartSecurity(c *chart) {
	switch declared := r.d.Namespaces[c.Namespace]; {
	case c.Exempt.Privileged != "":
		r.demands(&c.party, privileged, c.at.Join("exempt", "privileged"), c.Exempt.Privileged)
	case c.RunsPods() && (declared == nil || declared.Security == "" && declared.Workspace == ""):
		r.security[c.Namespace] = max(r.security[c.Namespace], baseline)
	}
}

// checkFootprint reports a footprint that budgets cannot count.
func (r charts) checkFootprint(c *chart) {
	if c.Footprint == nil {
		r.Note(c.at, "chart/no-footprint", fmt.Sprintf("chart %s says no footprint", c.owner), "budgets cannot see what its pods ask for",
			"add footprint, or footprint: {} when it runs no pods")
	}
	for _, name := range sorted(c.Footprint) {
		f, at := c.Footprint[name], c.at.Join("footprint", name)
		if f.PerNode && f.Replicas != nil {
			r.Error(at, "chart/footprint", fmt.Sprintf("component %s of chart %s says replicas and perNode", name, c.owner), "it runs a number of pods, or one on each node", "keep one")
		}
		if f.Requests != nil && f.Limits != nil {
			r.checkAmounts(at, "component "+name, *f.Requests, *f.Limits)
		}
	}
}
