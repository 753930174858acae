package resolve

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// resolvedTraffic is what leads into, out of and through the cluster, and its facts.
type resolvedTraffic struct {
	traffic.Exposed
	Monitors        []*facts.Monitor
	NetworkPolicies []*traffic.NetworkPolicy
	facts.Offered
	Traefik  *facts.BundledTraefik // nil when nothing is told
	Redirect *facts.Redirect       // nil without hosts that have certificates
	Releases []string              // namespaces with HelmReleases, sorted
}

// TrafficOf collects the flows that apps and charts declare, and decides by which ways
// they are reached.
func TrafficOf(r *scope.Scope) (traffic.Exposed, []*facts.Monitor) {
	n := traffic.Network{Scope: r}
	t, m := traffic.Traffic{Network: n}, facts.Monitors{Network: n}
	var scraped []*facts.Monitor
	for _, name := range slices.Sorted(maps.Keys(r.Apps)) {
		if r.Desired.Apps[name].Namespace != "" {
			r.Guarded("app", model.Path{"apps", name}, func() {
				for _, w := range r.Apps[name] {
					t.CheckPorts(w)
					t.Connections(w)
					m.CheckMetrics(&w.Party, w.Declared.Metrics)
					scraped = append(scraped, m.MonitorOf(w)...)
				}
			})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Charts)) {
		c := r.Charts[name]
		r.Guarded("chart", c.At, func() {
			m.CheckMetrics(&c.Party, c.Declared.Metrics)
			if c.Declared.Namespace != "" {
				t.ChartTraffic(c)
				scraped = append(scraped, m.MonitorsOf(c)...)
			}
		})
	}
	return t.Exposed(), scraped
}
