package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

func TestTunnels(t *testing.T) {
	tunnel := func(x model.Tunnel) func(*model.Desired) {
		return func(d *model.Desired) {
			d.Cluster.Tunnels = map[string]model.Tunnel{"out": x}
			d.Apps["web"].Expose = map[string]*model.Expose{
				"all":  {Host: "www", Tunnel: "out"},
				"shop": {Host: "www", Path: "/shop/", Tunnel: "out"},
			}
			d.Apps["door"] = &model.App{Namespace: "edge", Workloads: map[string]*model.Workload{"": {}}}
		}
	}
	s, exposed, _ := exposedBy(tunnel(model.Tunnel{App: "door", Domains: []string{"example.com"}}))
	require.Empty(t, s.Findings)
	require.Empty(t, exposed.Routes, "no ingress controller carries them")
	require.Equal(t, []scope.TunnelRoute{
		{Hostname: "www.example.com", Service: "http://web.site.svc.cluster.local:8080"},
		{Hostname: "www.example.com", Path: "^/shop(/|$)", Service: "http://web.site.svc.cluster.local:8080"},
	}, exposed.Tunnelled["out"])
	require.Len(t, s.Apps["door"][0].Flows.Out, 2)
	require.Len(t, s.Apps["web"][0].Flows.In, 2)

	for what, is := range map[string]struct {
		codes  []string
		tunnel model.Tunnel
	}{
		"nobody holds it":         {[]string{"app/unknown"}, model.Tunnel{App: "other", Domains: []string{"example.com"}}},
		"it serves other domains": {[]string{"expose/domain", "expose/domain"}, model.Tunnel{App: "door", Domains: []string{"example.org"}}},
		"its config has no id":    {[]string{"cluster/tunnel"}, model.Tunnel{App: "door", Domains: []string{"example.com"}, Config: "/etc/config.yaml"}},
		"its id has no config":    {[]string{"cluster/tunnel"}, model.Tunnel{App: "door", Domains: []string{"example.com"}, ID: "a"}},
	} {
		s, _, _ := exposedBy(tunnel(is.tunnel))
		require.Equal(t, is.codes, codes(s), what)
	}
}
