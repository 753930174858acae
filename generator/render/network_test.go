package render

import (
	"testing"

	"github.com/stretchr/testify/require"
	"stillsuit.dev/generator/model"
)

// The internet is every address but private ones, and those of the cluster that are not.
func TestInternet(t *testing.T) {
	except := func(n model.Network) []string {
		s := newScope(&model.Desired{Cluster: model.Cluster{Network: n}}, Inputs{})
		return network{s}.internet().IPBlock.Except
	}
	require.ElementsMatch(t, privateRanges, except(model.Network{Pods: "10.42.0.0/16", LAN: "192.168.1.0/24"}))
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
	n, web, dns, far := network{s}, &s.apps["web"][0].party, &s.apps["dns"][0].party, &s.apps["far"][0].party
	peers := n.peersOf(nil, dns, web)
	require.Len(t, peers, 1)
	require.Equal(t, "192.168.1.12/32", peers[0].IPBlock.CIDR)
	require.Nil(t, n.peersOf(nil, web, dns)[0].NamespaceSelector)
	require.Equal(t, "far", n.peersOf(nil, far, web)[0].NamespaceSelector.MatchLabels[labelNSName])

	s.d.Cluster.Nodes["pi2"].Address = ""
	require.Empty(t, n.peersOf(nil, dns, web))
	require.Equal(t, []string{"network/no-address"}, codes(s))
}
