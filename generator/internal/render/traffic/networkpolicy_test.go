package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/internal/render/traffic"
	"stillsuit.dev/generator/internal/resolve/scope"
	resolved "stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// Peers with the same ports share a rule, in whatever order they came, and a party without
// flows has no NetworkPolicy of its own.
func TestNetworkPolicy(t *testing.T) {
	web, dns := scope.Port{Number: 80, Protocol: corev1.ProtocolTCP}, scope.Port{Number: 53, Protocol: corev1.ProtocolUDP}
	one := []networkingv1.NetworkPolicyPeer{resolved.PodsOf("one", nil)}
	two := []networkingv1.NetworkPolicyPeer{resolved.PodsOf("two", map[string]string{"app": "two"})}
	rules := func(flows func(p *scope.Party)) []networkingv1.NetworkPolicyIngressRule {
		p := &scope.Party{Owner: "web", Full: "web", Namespace: "site", At: model.Path{"apps", "web"}}
		flows(p)
		made := traffic.NetworkPolicyOf(&resolved.NetworkPolicy{Unit: scope.Unit{Name: "web"}, Of: p})
		if made == nil {
			return nil
		}
		policy, is := made[0].Value.(*networkingv1.NetworkPolicy)
		require.True(t, is)
		return policy.Spec.Ingress
	}
	got := rules(func(p *scope.Party) {
		p.Admits(two, web)
		p.Admits(one, dns)
		p.Admits(one, web)
		p.Admits(two, dns)
		p.Admits(one, web)
	})
	require.Len(t, got, 1)
	require.Len(t, got[0].From, 2)
	require.Len(t, got[0].Ports, 2)
	require.Equal(t, got, rules(func(p *scope.Party) { p.Admits(one, web); p.Admits(one, dns); p.Admits(two, dns); p.Admits(two, web) }))
	require.Empty(t, rules(func(p *scope.Party) { p.Admits(one, scope.Port{}); p.Admits(one, web) })[0].Ports, "any port is no list of them")
	require.Nil(t, rules(func(*scope.Party) {}))
}
