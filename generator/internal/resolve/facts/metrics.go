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
	Path  string
	Token *Token // nil for none
}

// Token is the key of a Secret that holds the token for a port's metrics.
type Token struct{ Secret, Key string }

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
		m.Ports = append(m.Ports, scrapedPort{Port: scope.Port{Name: p}, Path: w.Declared.Metrics[p]})
	}
	return []*Monitor{m}
}

// Tokens gives monitors the tokens that scraping wants. The secrets of apps must be known by
// then.
func (r Monitors) Tokens(monitors []*Monitor) {
	for _, name := range slices.Sorted(maps.Keys(r.Apps)) {
		for _, w := range r.Apps[name] {
			tokens := r.tokens(w)
			for _, m := range monitors {
				for i := range m.Ports {
					if m.Of == &w.Party {
						m.Ports[i].Token = tokens[m.Ports[i].Name]
					}
				}
			}
		}
	}
}

// tokens are those of a workload's ports. One of a port that is not scraped is reported.
func (r Monitors) tokens(w *scope.Workload) map[string]*Token {
	out := map[string]*Token{}
	for _, p := range slices.Sorted(maps.Keys(w.Declared.MetricsTokens)) {
		at := w.At.Join("metricsTokens", p)
		if _, scraped := w.Declared.Metrics[p]; !scraped {
			known := slices.Sorted(maps.Keys(w.Declared.Metrics))
			r.Error(at, "app/unknown-port", fmt.Sprintf("port %s of %s has a token for its metrics", p, w.Full), finding.Has("metrics", "port", known), finding.DidYouMean(p, known, "add it to metrics, or remove the token")).Like(p, known)
			continue
		}
		if s, key := r.KeyOf(at, &w.Party, w.App.Secrets, w.Declared.MetricsTokens[p]); s != nil {
			out[p] = &Token{s.Name, key}
		}
	}
	return out
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
			out = append(out, &Monitor{Of: &c.Party, At: c.At.Join("metrics", p.Name), Ports: []scrapedPort{{Port: p, Path: path}}, Scraper: scraper})
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
			r.Error(p.At.Join("metrics", m), "app/unknown-port", fmt.Sprintf("metrics are read from port %s", m), finding.Has(p.Kind+" "+p.Full, "port", known), finding.DidYouMean(m, known, "name one of them")).Like(m, known)
		}
	}
}
