package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/scope"
	resolved "stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// The internet is every address but private ones, and those of the cluster that are not.
func TestInternet(t *testing.T) {
	except := func(n model.Network) []string {
		s := scope.New(&model.Desired{Cluster: model.Cluster{Network: n}}, scope.Inputs{})
		return resolved.Network{Scope: s}.Internet().IPBlock.Except
	}
	require.ElementsMatch(t, resolved.PrivateRanges, except(model.Network{Pods: "10.42.0.0/16", LAN: "192.168.1.0/24"}))
	require.Contains(t, except(model.Network{LAN: "203.0.113.7/24"}), "203.0.113.0/24")
}

// Pods on their node's network are known by the addresses of the nodes that they may be on.
func TestPeers(t *testing.T) {
	s, _, _ := exposedBy(func(d *model.Desired) {
		d.Cluster.Nodes = map[string]*model.Node{"pi1": {Address: "192.168.1.11"}, "pi2": {Address: "192.168.1.12"}}
		d.Apps["dns"] = &model.App{Namespace: "site", Workloads: map[string]*model.Workload{"": {HostNetwork: "it answers at home", Place: &model.Place{Node: "pi2"}}}}
		d.Apps["far"] = &model.App{Namespace: "far", Workloads: map[string]*model.Workload{"": {}}}
	})
	require.Empty(t, s.Findings)
	n, web, dns, far := resolved.Network{Scope: s}, &s.Apps["web"][0].Party, &s.Apps["dns"][0].Party, &s.Apps["far"][0].Party
	peers := n.PeersOf(nil, dns, web)
	require.Len(t, peers, 1)
	require.Equal(t, "192.168.1.12/32", peers[0].IPBlock.CIDR)
	require.Nil(t, n.PeersOf(nil, web, dns)[0].NamespaceSelector)
	require.Equal(t, "far", n.PeersOf(nil, far, web)[0].NamespaceSelector.MatchLabels[labels.NSName])

	s.Desired.Cluster.Nodes["pi2"].Address = ""
	require.Empty(t, n.PeersOf(nil, dns, web))
	require.Equal(t, []string{"network/no-address"}, codes(s))
}
