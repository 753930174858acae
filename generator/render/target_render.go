package render

// scrapeConfig is the used part of the spec of the Prometheus operator's
// ScrapeConfig (v1alpha1).
type scrapeConfig struct {
	JobName  string         `json:"jobName"`
	Path     string         `json:"metricsPath,omitempty"`
	Scheme   string         `json:"scheme,omitempty"`
	Interval string         `json:"scrapeInterval,omitempty"`
	Static   []staticTarget `json:"staticConfigs"`
}

type staticTarget struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels,omitempty"`
}

// scrapeConfigs tell the scraper what to ask outside of the cluster.
func scrapeConfigs(targets []*target) []made {
	var out []made
	for _, x := range targets {
		m := factMeta(x.scraper.Namespace, x.name)
		m.Labels = with(m.Labels, x.scraper.Select)
		out = append(out, ofCustom(monitorsUnit(), kindScrapeConfig, m, scrapeConfig{
			JobName: x.name, Path: x.Path, Scheme: x.Scheme, Interval: scrapeInterval(x.scraper),
			Static: []staticTarget{{Targets: x.Addresses, Labels: x.Labels}},
		}, x.at))
	}
	return out
}
