package render

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// The units that span apps.
const (
	unitNamespaces    = "namespaces"
	unitMonitors      = "monitors"
	unitMiddlewares   = "middlewares"
	unitClasses       = "storage-classes"
	unitNotifications = "notifications"
	unitAccess        = "access"
	unitFlux          = "flux-system"
)

// reservedUnits are names that an app cannot have.
var reservedUnits = []string{unitNamespaces, unitMonitors, unitAccess, unitMiddlewares, unitClasses, unitNotifications, unitFlux}

// serviceMonitor is the part of the Prometheus operator's kind that is used.
type serviceMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              serviceMonitorSpec `json:"spec"`
}

type serviceMonitorSpec struct {
	Selector  metav1.LabelSelector `json:"selector"`
	Endpoints []monitorEndpoint    `json:"endpoints"`
}

type monitorEndpoint struct {
	Port     string `json:"port"`
	Path     string `json:"path,omitempty"`
	Interval string `json:"interval,omitempty"`
}

// DeepCopyObject makes it a runtime.Object.
func (m *serviceMonitor) DeepCopyObject() runtime.Object {
	out := *m
	m.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	m.Spec.Selector.DeepCopyInto(&out.Spec.Selector)
	out.Spec.Endpoints = append([]monitorEndpoint(nil), m.Spec.Endpoints...)
	return &out
}

// monitor tells the cluster's scraper about the workload. All monitors are one
// unit: their kind comes with the operator, and no app should wait for it.
func (r *renderer) monitor(w *workload) {
	scraper := r.d.Cluster.Metrics
	if len(w.Metrics) == 0 || scraper == nil {
		return
	}
	m := &serviceMonitor{ObjectMeta: meta(w, w.full)}
	m.Labels = with(m.Labels, scraper.Select)
	m.Spec.Selector = metav1.LabelSelector{
		MatchLabels:      labels(w.appName, w.name),
		MatchExpressions: []metav1.LabelSelectorRequirement{{Key: labelExposure, Operator: metav1.LabelSelectorOpDoesNotExist}},
	}
	for _, port := range sorted(w.Metrics) {
		m.Spec.Endpoints = append(m.Spec.Endpoints, monitorEndpoint{Port: port, Path: w.Metrics[port], Interval: scrapeInterval(scraper)})
	}
	r.add(r.monitors(), kindServiceMonitor, m, w.at.Join("metrics"))
}

func (r *renderer) monitors() *manifest.Unit {
	return r.unit(unitMonitors, unitMonitors, model.Path{"cluster", "metrics"})
}

func scrapeInterval(s *model.Scraper) string {
	if s.Interval == 0 {
		return ""
	}
	return prometheusDuration(s.Interval)
}
