package render

import (
	"testing"

	"github.com/stretchr/testify/require"
	"stillsuit.dev/generator/model"
)

func TestMonitors(t *testing.T) {
	s, _, monitors := exposedBy(func(d *model.Desired) {
		d.Cluster.Metrics = &model.Scraper{Namespace: "monitoring", Select: map[string]string{"release": "prometheus"}}
		d.Apps["web"].Workloads[""].Metrics = map[string]string{"http": "/metrics"}
		d.Charts = map[string]*model.Chart{"loki": {
			Namespace: "logs", Metrics: map[string]string{"http": "/stats"},
			Services: map[string]*model.ChartService{"http": {Service: "loki", Port: 80, Target: 3100, Pods: map[string]string{"app": "loki"}}},
		}}
	})
	require.Empty(t, s.Findings)
	require.Len(t, monitors, 2)
	require.Equal(t, map[string]string{id("monitoring.coreos.com", "ServiceMonitor", "site", "web"): unitMonitors}, called(scraped(monitors[0])))
	made := scraped(monitors[1])
	require.Equal(t, map[string]string{id("monitoring.coreos.com", "PodMonitor", "logs", "loki-http"): unitMonitors}, called(made))
	spec := made[0].Value.(*custom[podMonitor])
	require.Equal(t, "prometheus", spec.Labels["release"])
	require.Equal(t, []podEndpoint{{Number: 3100, Path: "/stats"}}, spec.Spec.Endpoints)
	require.Equal(t, map[string]string{"app": "loki"}, spec.Spec.Selector.MatchLabels)
	require.Len(t, s.apps["web"][0].flows.in, 4, "the scraper gets in beside the three ways that web is exposed by")

	s, _, _ = exposedBy(func(d *model.Desired) { d.Apps["web"].Workloads[""].Metrics = map[string]string{"grpc": "/metrics"} })
	require.Equal(t, []string{"app/unknown-port"}, codes(s))
}
