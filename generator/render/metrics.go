package render

import "stillsuit.dev/generator/model"

// monitor is ports of one party that the cluster's scraper reads. Those of an app are
// read through its Service. A chart has one for each of its ports, and is read at its
// pods: what labels its Services carry is not known.
type monitor struct {
	of      *party
	at      model.Path
	ports   []scrapedPort
	scraper *model.Scraper
}

// scrapedPort is a port with the path of its metrics.
type scrapedPort struct {
	port
	path string
}

// monitorOf is what the cluster's scraper is told of a workload.
func (r traffic) monitorOf(w *workload) []*monitor {
	scraper := r.d.Cluster.Metrics
	if len(w.Metrics) == 0 || scraper == nil {
		return nil
	}
	m := &monitor{of: &w.party, at: w.at.Join("metrics"), scraper: scraper}
	for _, p := range sorted(w.Metrics) {
		m.ports = append(m.ports, scrapedPort{port{name: p}, w.Metrics[p]})
	}
	return []*monitor{m}
}

// monitorsOf is what it is told of a chart.
func (r traffic) monitorsOf(c *chart) []*monitor {
	scraper := r.d.Cluster.Metrics
	if scraper == nil || !c.rendered() {
		return nil
	}
	var out []*monitor
	for _, p := range c.ports {
		if path, scraped := c.Metrics[p.name]; scraped {
			out = append(out, &monitor{of: &c.party, at: c.at.Join("metrics", p.name), ports: []scrapedPort{{p, path}}, scraper: scraper})
		}
	}
	return out
}
