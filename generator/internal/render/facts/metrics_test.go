package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/render/facts"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	resolved "stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// monitoredBy is what is decided of app web and its metrics.
func monitoredBy(change func(d *model.Desired)) (*scope.Scope, []*resolved.Monitor) {
	d := &model.Desired{Places: model.NewPlaces(nowhere{})}
	d.Apps = map[string]*model.App{"web": {
		Namespace: "site",
		Workloads: map[string]*model.Workload{"": {Containers: map[string]*model.Container{"main": {Ports: map[string]int32{"http": 8080}}}}},
	}}
	change(d)
	s := scope.New(d, scope.Inputs{})
	s.Index()
	_, monitors := resolve.TrafficOf(s)
	return s, monitors
}

func TestMonitors(t *testing.T) {
	s, monitors := monitoredBy(func(d *model.Desired) {
		d.Cluster.Metrics = &model.Scraper{Namespace: "monitoring", Select: map[string]string{"release": "prometheus"}}
		d.Apps["web"].Workloads[""].Metrics = map[string]string{"http": "/metrics"}
		d.Charts = map[string]*model.Chart{"loki": {
			Namespace: "logs", Metrics: map[string]string{"http": "/stats"},
			Services: map[string]*model.ChartService{"http": {Service: "loki", Port: 80, Target: 3100, Pods: map[string]string{"app": "loki"}}},
		}}
	})
	require.Empty(t, s.Findings)
	require.Len(t, monitors, 2)
	require.Equal(t, map[string]string{id("monitoring.coreos.com", "ServiceMonitor", "site", "web"): scope.UnitMonitors}, called(facts.Scraped(monitors[0])))
	made := facts.Scraped(monitors[1])
	require.Equal(t, map[string]string{id("monitoring.coreos.com", "PodMonitor", "logs", "loki-http"): scope.UnitMonitors}, called(made))
	spec := made[0].Value.(*object.Custom[facts.PodMonitor])
	require.Equal(t, "prometheus", spec.Labels["release"])
	require.Equal(t, []facts.PodEndpoint{{Number: 3100, Path: "/stats"}}, spec.Spec.Endpoints)
	require.Equal(t, map[string]string{"app": "loki"}, spec.Spec.Selector.MatchLabels)
	require.Len(t, s.Apps["web"][0].Flows.In, 1, "the scraper gets in")

	s, _ = monitoredBy(func(d *model.Desired) { d.Apps["web"].Workloads[""].Metrics = map[string]string{"grpc": "/metrics"} })
	require.Equal(t, []string{"app/unknown-port"}, codes(s))
}
