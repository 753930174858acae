package traffic_test

import (
	"slices"
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
	in := func(from *scope.Party) []string {
		web.Flows.In = nil
		n.Lets(nil, from, web, scope.Port{Number: 80})
		var out []string
		for _, f := range web.Flows.In {
			for _, p := range f.Peers {
				if p.IPBlock == nil {
					out = append(out, p.NamespaceSelector.MatchLabels[labels.NSName])
				} else {
					out = append(out, p.IPBlock.CIDR)
				}
			}
			out = append(out, f.Entities...)
		}
		return out
	}
	require.Equal(t, []string{"far"}, in(far))
	network, pi2 := &s.Desired.Cluster.Network, s.Desired.Cluster.Nodes["pi2"]
	network.Pods = "10.42.0.0/16"
	for _, c := range []struct {
		cni, backend, pods string
		want               []string
		open               bool
	}{
		{"kube-router", "", "", []string{"192.168.1.12/32"}, false},
		{"flannel", "host-gw", "10.42.1.0/24", []string{"192.168.1.12/32"}, false},
		{"flannel", "", "10.42.1.0/24", []string{"10.42.1.0/32"}, false},
		{"flannel", "", "", []string{"10.42.0.0/16"}, true},
		{"calico", "", "10.42.1.0/24", []string{"10.42.0.0/16"}, true},
		{"other", "", "", []string{"10.42.0.0/16", "192.168.1.12/32"}, true},
		{"cilium", "", "", []string{"remote-node"}, false},
	} {
		network.CNI, network.Backend, pi2.Pods, s.Findings, s.Unranged = c.cni, c.backend, c.pods, nil, map[string][]string{}
		require.Equal(t, c.want, in(dns), c)
		n.ReportOpen()
		require.Equal(t, c.open, slices.Equal(codes(s), []string{"network/node-range"}), c)
	}
	// A node that all pods of the other end are on needs no rule.
	s.Apps["web"][0].Declared.Place = &model.Place{Node: "pi2"}
	require.Empty(t, in(dns))
	s.Apps["web"][0].Declared.Place = nil

	// The pod range is needed, and not known.
	network.CNI, pi2.Pods, network.Pods, s.Findings, s.Unranged = "flannel", "", "", nil, map[string][]string{}
	require.Empty(t, in(dns))
	n.ReportOpen()
	require.Equal(t, []string{"network/no-address"}, codes(s))

	network.CNI, pi2.Address, s.Findings = "kube-router", "", nil
	require.Empty(t, in(dns))
	require.Equal(t, []string{"network/no-address"}, codes(s))
}
