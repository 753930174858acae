package render

import (
	"fmt"
	"slices"
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
