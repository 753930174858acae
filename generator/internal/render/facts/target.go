package facts

import (
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/internal/resolve/scope"
)

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

// ScrapeConfigs tell the scraper what to ask outside of the cluster.
func ScrapeConfigs(targets []*facts.Target) []object.Made {
	var out []object.Made
	for _, x := range targets {
		m := object.FactMeta(x.Scraper.Namespace, x.Name)
		m.Labels = labels.With(m.Labels, x.Scraper.Select)
		out = append(out, object.OfCustom(scope.MonitorsUnit(), kinds.ScrapeConfig, m, scrapeConfig{
			JobName: x.Name, Path: x.Declared.Path, Scheme: x.Declared.Scheme, Interval: scrapeInterval(x.Scraper),
			Static: []staticTarget{{Targets: x.Declared.Addresses, Labels: x.Declared.Labels}},
		}, x.At))
	}
	return out
}
