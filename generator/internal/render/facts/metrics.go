package facts

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// serviceMonitor is the used part of the spec of the Prometheus operator's kind.
type serviceMonitor struct {
	Selector  metav1.LabelSelector `json:"selector"`
	Endpoints []monitorEndpoint    `json:"endpoints"`
}

type monitorEndpoint struct {
	Port          string         `json:"port"`
	Path          string         `json:"path,omitempty"`
	Interval      string         `json:"interval,omitempty"`
	Authorization *authorization `json:"authorization,omitempty"`
}

// authorization sends a token as bearer, which is the operator's default type.
type authorization struct {
	Credentials corev1.SecretKeySelector `json:"credentials"`
}

// PodMonitor is the used part of the spec of the Prometheus operator's kind.
type PodMonitor struct {
	Selector  metav1.LabelSelector `json:"selector"`
	Endpoints []PodEndpoint        `json:"podMetricsEndpoints"`
}

// PodEndpoint is a port of pods that is scraped.
type PodEndpoint struct {
	Number   int32  `json:"portNumber"`
	Path     string `json:"path,omitempty"`
	Interval string `json:"interval,omitempty"`
}

// Scraped is what the scraper is told of a party. All monitors are in one unit: their
// kind comes with the operator, and no app should wait for it.
func Scraped(x *facts.Monitor) []object.Made {
	if x.Of.Kind == "app" {
		return []object.Made{monitorOfService(x)}
	}
	return []object.Made{monitorOfPods(x)}
}

// monitorOfService is the monitor of a workload's Service.
func monitorOfService(x *facts.Monitor) object.Made {
	m := x.Of.Meta(x.Of.Full)
	m.Labels = labels.With(m.Labels, x.Scraper.Select)
	spec := serviceMonitor{Selector: metav1.LabelSelector{
		MatchLabels:      labels.Of(x.Of.Owner, x.Of.Name),
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: labels.Exposure, Operator: metav1.LabelSelectorOpDoesNotExist}},
	}}
	for _, p := range x.Ports {
		endpoint := monitorEndpoint{Port: p.Name, Path: p.Path, Interval: scrapeInterval(x.Scraper)}
		if p.Token != nil {
			endpoint.Authorization = &authorization{corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: p.Token.Secret}, Key: p.Token.Key}}
		}
		spec.Endpoints = append(spec.Endpoints, endpoint)
	}
	return object.OfCustom(scope.MonitorsUnit(), kinds.ServiceMonitor, m, spec, x.At)
}

// monitorOfPods is the monitor of a chart's pods.
func monitorOfPods(x *facts.Monitor) object.Made {
	p := x.Ports[0]
	m := x.Of.Meta(x.Of.Owner + "-" + p.Name)
	m.Labels = labels.With(m.Labels, x.Scraper.Select)
	return object.OfCustom(scope.MonitorsUnit(), kinds.PodMonitor, m, PodMonitor{
		Selector:  metav1.LabelSelector{MatchLabels: x.Of.SelectorAt(p.Port)},
		Endpoints: []PodEndpoint{{Number: p.Number, Path: p.Path, Interval: scrapeInterval(x.Scraper)}},
	}, x.At)
}

func scrapeInterval(s *model.Scraper) string {
	if s.Interval == 0 {
		return ""
	}
	return scope.PrometheusDuration(s.Interval)
}
