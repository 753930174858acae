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

// scraped is what the scraper is told of a party. All monitors are in one unit: their
// kind comes with the operator, and no app should wait for it.
func scraped(x *monitor) []made {
	if x.of.kind == "app" {
		return []made{monitorOfService(x)}
	}
	return []made{monitorOfPods(x)}
}

// monitorOfService is the monitor of a workload's Service.
func monitorOfService(x *monitor) made {
	m := x.of.meta(x.of.full)
	m.Labels = with(m.Labels, x.scraper.Select)
	spec := serviceMonitor{Selector: metav1.LabelSelector{
		MatchLabels:      labels(x.of.owner, x.of.name),
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: labelExposure, Operator: metav1.LabelSelectorOpDoesNotExist}},
	}}
	for _, p := range x.ports {
		spec.Endpoints = append(spec.Endpoints, monitorEndpoint{Port: p.name, Path: p.path, Interval: scrapeInterval(x.scraper)})
	}
	return ofCustom(monitorsUnit(), kindServiceMonitor, m, spec, x.at)
}

// monitorOfPods is the monitor of a chart's pods.
func monitorOfPods(x *monitor) made {
	p := x.ports[0]
	m := x.of.meta(x.of.owner + "-" + p.name)
	m.Labels = with(m.Labels, x.scraper.Select)
	return ofCustom(monitorsUnit(), kindPodMonitor, m, podMonitor{
		Selector:  metav1.LabelSelector{MatchLabels: x.of.selectorAt(p.port)},
		Endpoints: []podEndpoint{{Number: p.number, Path: p.path, Interval: scrapeInterval(x.scraper)}},
	}, x.at)
}

func scrapeInterval(s *model.Scraper) string {
	if s.Interval == 0 {
		return ""
	}
	return prometheusDuration(s.Interval)
}
