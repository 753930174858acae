package facts

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// Monitor is ports of one party that the cluster's scraper reads. Those of an app are
// read through its Service. A chart has one for each of its ports, and is read at its
// pods: what labels its Services carry is not known.
type Monitor struct {
	Of      *scope.Party
	At      model.Path
	Ports   []scrapedPort
	Scraper *model.Scraper
}

// scrapedPort is a port with the path of its metrics.
type scrapedPort struct {
	scope.Port
	Path string
}

// Monitors decides what the cluster's scraper is told.
type Monitors struct{ traffic.Network }

// MonitorOf is what the cluster's scraper is told of a workload.
func (r Monitors) MonitorOf(w *scope.Workload) []*Monitor {
	scraper := r.Desired.Cluster.Metrics
	if len(w.Declared.Metrics) == 0 || scraper == nil {
		return nil
	}
	m := &Monitor{Of: &w.Party, At: w.At.Join("metrics"), Scraper: scraper}
	for _, p := range slices.Sorted(maps.Keys(w.Declared.Metrics)) {
		m.Ports = append(m.Ports, scrapedPort{scope.Port{Name: p}, w.Declared.Metrics[p]})
	}
	return []*Monitor{m}
}

// MonitorsOf is what it is told of a chart.
func (r Monitors) MonitorsOf(c *scope.Chart) []*Monitor {
	scraper := r.Desired.Cluster.Metrics
	if scraper == nil || !c.Rendered() {
		return nil
	}
	var out []*Monitor
	for _, p := range c.Ports {
		if path, scraped := c.Declared.Metrics[p.Name]; scraped {
			out = append(out, &Monitor{Of: &c.Party, At: c.At.Join("metrics", p.Name), Ports: []scrapedPort{{p, path}}, Scraper: scraper})
		}
	}
	return out
}

// CheckMetrics reports metrics of ports that a party does not have.
func (r Monitors) CheckMetrics(p *scope.Party, metrics map[string]string) {
	for _, m := range slices.Sorted(maps.Keys(metrics)) {
		if !slices.ContainsFunc(p.Ports, func(p scope.Port) bool { return p.Name == m }) {
			var known []string
			for _, p := range p.Ports {
				known = append(known, p.Name)
			}
			r.Error(p.At.Join("metrics", m), "app/unknown-port", fmt.Sprintf("metrics are read from port %s", m), finding.Has(p.Full, "port", known), finding.DidYouMean(m, known, "name one of them"))
		}
	}
}
