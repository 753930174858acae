package render

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// checkProvides reports what two charts bring: each would undo the other's.
func (r charts) checkProvides(c *chart) {
	for i, of := range c.Provides {
		if other := r.providers[of]; other.owner != c.owner {
			r.Error(c.at.Join("provides", fmt.Sprint(i)), "chart/provides", fmt.Sprintf("chart %s provides %s", c.owner, of),
				fmt.Sprintf("chart %s does too, and each would undo what the other does", other.owner), "remove it from one of them, or one of the charts")
		}
	}
}

// duplicates are what K3s brings, with what tells a chart that does the same
// work and how K3s is started without it.
func duplicates() []struct{ component, provided, flag string } {
	return []struct{ component, provided, flag string }{
		{"traefik", "traefik.io", "--disable=traefik"},
		{"servicelb", "metallb.io", "--disable=servicelb"},
		{"local-storage", "rancher.io/local-path", "--disable=local-storage"},
		{"metrics-server", "metrics.k8s.io", "--disable=metrics-server"},
	}
}

// checkBundled reports a chart beside the component of K3s that does its work.
func (r charts) checkBundled(c *chart) {
	for _, d := range duplicates() {
		if i := slices.Index(c.Provides, d.provided); i >= 0 && r.d.Cluster.Kubernetes.Brings(d.component) {
			r.Error(c.at.Join("provides", fmt.Sprint(i)), "cluster/duplicate", fmt.Sprintf("chart %s provides %s", c.owner, d.provided),
				fmt.Sprintf("K3s runs its own %s for that, and writes it anew at every start", d.component),
				fmt.Sprintf("start K3s with %s and write cluster: kubernetes: bundled: %q: false", d.flag, d.component))
		}
	}
}

// providerOf is the chart that makes a fact true: that which provides an API group
// or a storage provisioner. It returns nil when the chart is installed outside,
// where whoever does it tells it the fact; and when there is none, which it has
// then reported. what is the fact in a sentence: "pools are declared".
func (r *scope) providerOf(group string, at model.Path, what string) *chart {
	if c := r.providers[group]; c != nil {
		if c.Outside != "" || c.Namespace == "" {
			return nil
		}
		return c
	}
	var known []string
	for _, c := range r.charts {
		known = append(known, c.Provides...)
	}
	contrast, mend := "no chart here provides "+group, finding.DidYouMean(group, known, fmt.Sprintf("add the chart that does, with provides: [%q]", group))
	for _, name := range sorted(r.d.Charts) {
		if c := r.d.Charts[name]; slices.Contains(c.Provides, group) {
			contrast, mend = fmt.Sprintf("chart %s, which provides %s, is off: %s", name, group, c.Off), "switch it on, or remove this"
		}
	}
	r.Error(at, "cluster/no-chart", what, contrast, mend)
	return nil
}
