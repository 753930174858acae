package fit

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/labels"

	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/placement/demand"
)

// alerting tells whether what raises alerts runs: who scrapes (cluster.metrics), and
// the Alertmanager that Flux reports to and the scraper's own.
func (d *dependencies) alerting(running map[*demand.Workload]bool) outcome.Alerting {
	c := d.cluster
	if c == nil || c.Metrics == nil {
		return outcome.AlertingUnknown
	}
	found := false
	for _, w := range d.workloads {
		if !alerts(c, w) {
			continue
		}
		found = true
		if !running[w] {
			return outcome.AlertingNo
		}
	}
	if !found {
		return outcome.AlertingUnknown
	}
	return outcome.AlertingYes
}

// alerts reports whether a workload takes part in raising alerts.
func alerts(c *model.Cluster, w *demand.Workload) bool {
	if w.Template.Namespace == c.Metrics.Namespace && (answers(w, c.Metrics.Pods) || answers(w, map[string]string{labelName: "alertmanager"})) {
		return true
	}
	for _, name := range slices.Sorted(maps.Keys(c.Notifications)) {
		n := c.Notifications[name]
		at, err := url.Parse(n.Address)
		if n.Type != "alertmanager" || err != nil {
			continue
		}
		service, rest, _ := strings.Cut(at.Hostname(), ".")
		namespace, _, _ := strings.Cut(rest, ".")
		if w.Template.Namespace == namespace && w.Component != "" && strings.HasSuffix(service, "-"+w.Component) {
			return true
		}
	}
	return false
}

const labelName = "app.kubernetes.io/name"

// answers reports whether labels choose a workload. The components of a chart go by
// the name that most charts label their pods with.
func answers(w *demand.Workload, by map[string]string) bool {
	if len(by) == 0 {
		return false
	}
	if labels.SelectorFromSet(by).Matches(labels.Set(w.Template.Labels)) {
		return true
	}
	return w.Component != "" && len(by) == 1 && by[labelName] == w.Component
}
