package render

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// serviceMonitor is the used part of the spec of the Prometheus operator's kind.
type serviceMonitor struct {
	Selector  metav1.LabelSelector `json:"selector"`
	Endpoints []monitorEndpoint    `json:"endpoints"`
}

type monitorEndpoint struct {
	Port     string `json:"port"`
	Path     string `json:"path,omitempty"`
	Interval string `json:"interval,omitempty"`
}

// podMonitor is the used part of the spec of the Prometheus operator's kind.
type podMonitor struct {
	Selector  metav1.LabelSelector `json:"selector"`
	Endpoints []podEndpoint        `json:"podMetricsEndpoints"`
}

type podEndpoint struct {
	Number   int32  `json:"portNumber"`
	Path     string `json:"path,omitempty"`
	Interval string `json:"interval,omitempty"`
}

// monitor tells the cluster's scraper about the workload. All monitors are one
// unit: their kind comes with the operator, and no app should wait for it.
func (r *renderer) monitor(w *workload) {
	scraper := r.d.Cluster.Metrics
	if len(w.Metrics) == 0 || scraper == nil {
		return
	}
	m := meta(w, w.full)
	m.Labels = with(m.Labels, scraper.Select)
	spec := serviceMonitor{Selector: metav1.LabelSelector{
		MatchLabels:      labels(w.appName, w.name),
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: labelExposure, Operator: metav1.LabelSelectorOpDoesNotExist}},
	}}
	for _, port := range sorted(w.Metrics) {
		spec.Endpoints = append(spec.Endpoints, monitorEndpoint{Port: port, Path: w.Metrics[port], Interval: scrapeInterval(scraper)})
	}
	addCustom(r, monitorsUnit(), kindServiceMonitor, m, spec, w.at.Join("metrics"))
}

// podMonitor tells the cluster's scraper about a chart, one monitor for each of
// the services that are scraped. Charts are scraped at their pods: what labels
// their Services carry is not known.
func (r *renderer) podMonitor(c *chart) {
	scraper := r.d.Cluster.Metrics
	if scraper == nil {
		return
	}
	for _, p := range c.ports {
		path, scraped := c.Metrics[p.name]
		if !scraped {
			continue
		}
		m := c.meta(c.owner + "-" + p.name)
		m.Labels = with(m.Labels, scraper.Select)
		addCustom(r, monitorsUnit(), kindPodMonitor, m, podMonitor{
			Selector:  metav1.LabelSelector{MatchLabels: c.selectorAt(p)},
			Endpoints: []podEndpoint{{Number: p.number, Path: path, Interval: scrapeInterval(scraper)}},
		}, c.at.Join("metrics", p.name))
	}
}

func scrapeInterval(s *model.Scraper) string {
	if s.Interval == 0 {
		return ""
	}
	return prometheusDuration(s.Interval)
}
