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

// monitors are what the cluster's scraper is told of apps and charts.
func (r traffic) monitors() []*monitor {
	scraper := r.d.Cluster.Metrics
	if scraper == nil {
		return nil
	}
	var out []*monitor
	for _, name := range sorted(r.apps) {
		for _, w := range r.apps[name] {
			if len(w.Metrics) == 0 || w.namespace == "" {
				continue
			}
			m := &monitor{of: &w.party, at: w.at.Join("metrics"), scraper: scraper}
			for _, p := range sorted(w.Metrics) {
				m.ports = append(m.ports, scrapedPort{port{name: p}, w.Metrics[p]})
			}
			out = append(out, m)
		}
	}
	for _, name := range sorted(r.charts) {
		c := r.charts[name]
		if !c.rendered() {
			continue
		}
		for _, p := range c.ports {
			if path, scraped := c.Metrics[p.name]; scraped {
				out = append(out, &monitor{of: &c.party, at: c.at.Join("metrics", p.name), ports: []scrapedPort{{p, path}}, scraper: scraper})
			}
		}
	}
	return out
}
