package render

import (
	"fmt"
	"slices"
)

// checkChart reports what does not go together in a chart, or with the others.
func (r charts) checkChart(c *chart) {
	r.checkProvides(c)
	r.checkBundled(c)
	r.checkFootprint(c)
	for _, name := range sorted(c.Services) {
		if c.Services[name].Port == 0 {
			r.Error(c.at.Join("services", name), "app/missing-field", fmt.Sprintf("service %s of chart %s has no port", name, c.owner), "it is what others connect to", "add port: 80")
		}
	}
	if c.Outside == "" {
		r.checkShared(c)
		return
	}
	for _, f := range []struct {
		field string
		said  bool
	}{{"expose", len(c.Expose) > 0}, {"objects", len(c.Objects) > 0}, {"secretValues", len(c.SecretValues) > 0}, {"metrics", len(c.Metrics) > 0}, {"after", len(c.After) > 0}} {
		if f.said {
			r.Error(c.at.Join(f.field), "chart/outside", fmt.Sprintf("chart %s says %s", c.owner, f.field), fmt.Sprintf("it is installed outside Flux (%s), so nothing is rendered for it", c.Outside), "remove one of the two")
		}
	}
	for _, other := range r.inNamespace(c.Namespace) {
		if other != &c.party && !r.isOutside(other) && !slices.Contains(systemNamespaces, c.Namespace) {
			r.Error(c.at.Join("namespace"), "chart/outside", fmt.Sprintf("chart %s is installed outside Flux, in namespace %s", c.owner, c.Namespace),
				fmt.Sprintf("%s lives there too, so the namespace is shut, and nothing would open it for the chart", other.says()), "move one of them")
			return
		}
	}
}

// inNamespace lists the parties with pods that NetworkPolicies of a namespace are
// about.
func (r charts) inNamespace(namespace string) []*party {
	return slices.DeleteFunc(slices.Clone(r.lives[namespace]), func(p *party) bool {
		return p.host != nil || p.kind == "chart" && !r.charts[p.owner].RunsPods()
	})
}

func (r charts) isOutside(p *party) bool {
	return p.kind == "chart" && r.charts[p.owner].Outside != ""
}

// checkShared reports a chart that takes every pod of its namespace for its own
// where others live.
func (r charts) checkShared(c *chart) {
	if len(c.selector) > 0 || !c.RunsPods() || slices.Contains(systemNamespaces, c.Namespace) {
		return
	}
	for _, other := range r.inNamespace(c.Namespace) {
		if other != &c.party && !r.isOutside(other) {
			r.Error(c.at, "chart/pods", fmt.Sprintf("chart %s does not say which pods of namespace %s are its own", c.owner, c.Namespace),
				fmt.Sprintf("%s lives there too, and what is opened for the chart would be open for it", other.says()), `name its pods, such as pods: "app.kubernetes.io/instance": "`+c.Release+`", or move one of them`)
			return
		}
	}
}
