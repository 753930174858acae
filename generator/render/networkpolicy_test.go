package render

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/model"
)

// Peers with the same ports share a rule, in whatever order they came, and a party without
// flows has no NetworkPolicy of its own.
func TestNetworkPolicy(t *testing.T) {
	web, dns := port{number: 80, protocol: corev1.ProtocolTCP}, port{number: 53, protocol: corev1.ProtocolUDP}
	one := []networkingv1.NetworkPolicyPeer{podsOf("one", nil)}
	two := []networkingv1.NetworkPolicyPeer{podsOf("two", map[string]string{"app": "two"})}
	rules := func(flows func(p *party)) []networkingv1.NetworkPolicyIngressRule {
		p := &party{owner: "web", full: "web", namespace: "site", at: model.Path{"apps", "web"}}
		flows(p)
		made := networkPolicyOf(&networkPolicy{unit{Name: "web"}, p})
		if made == nil {
			return nil
		}
		policy, is := made[0].Value.(*networkingv1.NetworkPolicy)
		require.True(t, is)
		return policy.Spec.Ingress
	}
	got := rules(func(p *party) {
		p.admits(two, web)
		p.admits(one, dns)
		p.admits(one, web)
		p.admits(two, dns)
		p.admits(one, web)
	})
	require.Len(t, got, 1)
	require.Len(t, got[0].From, 2)
	require.Len(t, got[0].Ports, 2)
	require.Equal(t, got, rules(func(p *party) { p.admits(one, web); p.admits(one, dns); p.admits(two, dns); p.admits(two, web) }))
	require.Empty(t, rules(func(p *party) { p.admits(one, port{}); p.admits(one, web) })[0].Ports, "any port is no list of them")
	require.Nil(t, rules(func(*party) {}))
}
