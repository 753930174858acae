package charts

import (
	"fmt"
	"slices"

	"stillsuit.dev/generator/internal/resolve/scope"
)

// checkProvides reports what two charts bring: each would undo the other's.
func (r Charts) checkProvides(c *scope.Chart) {
	for i, of := range c.Declared.Provides {
		if other := r.Providers[of]; other.Owner != c.Owner {
			r.Error(c.At.Join("provides", fmt.Sprint(i)), "chart/provides", fmt.Sprintf("chart %s provides %s", c.Owner, of),
				fmt.Sprintf("chart %s does too, and each would undo what the other does", other.Owner), "remove it from one of them, or one of the charts")
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
func (r Charts) checkBundled(c *scope.Chart) {
	for _, d := range duplicates() {
		if i := slices.Index(c.Declared.Provides, d.provided); i >= 0 && r.Desired.Cluster.Kubernetes.Brings(d.component) {
			r.Error(c.At.Join("provides", fmt.Sprint(i)), "cluster/duplicate", fmt.Sprintf("chart %s provides %s", c.Owner, d.provided),
				fmt.Sprintf("K3s runs its own %s for that, and writes it anew at every start", d.component),
				fmt.Sprintf("start K3s with %s and write cluster: kubernetes: bundled: %q: false", d.flag, d.component))
		}
	}
}
