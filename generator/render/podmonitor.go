package render

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// podMonitor is the part of the Prometheus operator's kind that is used. Charts
// are scraped at their pods: what labels their Services carry is not known.
type podMonitor struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              podMonitorSpec `json:"spec"`
}

type podMonitorSpec struct {
	Selector  metav1.LabelSelector `json:"selector"`
	Endpoints []podEndpoint        `json:"podMetricsEndpoints"`
}

type podEndpoint struct {
	Number   int32  `json:"portNumber"`
	Path     string `json:"path,omitempty"`
	Interval string `json:"interval,omitempty"`
}

// DeepCopyObject makes it a runtime.Object.
func (m *podMonitor) DeepCopyObject() runtime.Object {
	out := *m
	m.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	m.Spec.Selector.DeepCopyInto(&out.Spec.Selector)
	out.Spec.Endpoints = append([]podEndpoint(nil), m.Spec.Endpoints...)
	return &out
}

// podMonitor tells the cluster's scraper about a chart, one monitor for each of
// the services that are scraped.
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
		m := &podMonitor{ObjectMeta: c.meta(c.owner + "-" + p.name)}
		m.Labels = with(m.Labels, scraper.Select)
		m.Spec.Selector.MatchLabels = c.selectorAt(p)
		m.Spec.Endpoints = []podEndpoint{{Number: p.number, Path: path, Interval: scrapeInterval(scraper)}}
		r.add(r.monitors(), kindPodMonitor, m, c.at.Join("metrics", p.name))
	}
}
