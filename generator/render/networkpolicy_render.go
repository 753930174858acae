package render

import (
	"cmp"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/model"
)

// networkPolicyOf is the NetworkPolicy with a party's flows.
func networkPolicyOf(x *networkPolicy) []made {
	p := x.of
	spec := networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: p.selector},
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
	}
	for _, g := range grouped(p.flows.in) {
		spec.Ingress = append(spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: g.peers, Ports: g.ports})
	}
	for _, g := range grouped(p.flows.out) {
		spec.Egress = append(spec.Egress, networkingv1.NetworkPolicyEgressRule{To: g.peers, Ports: g.ports})
	}
	if len(spec.Ingress) == 0 && len(spec.Egress) == 0 {
		return nil // the namespace's default-deny says the same
	}
	m := p.meta(p.full)
	if p.reason != "" {
		m.Annotations = map[string]string{model.AnnotationReason: p.reason}
	}
	return []made{of(x.unit, kindPolicy, &networkingv1.NetworkPolicy{ObjectMeta: m, Spec: spec}, p.at)}
}

// group is all peers with the same ports.
type group struct {
	peers []networkingv1.NetworkPolicyPeer
	ports []networkingv1.NetworkPolicyPort
	rules []portRule // the ports, as they were asked for
}

// grouped makes one rule of all peers that share their ports; sorted.
func grouped(fs []flow) []group {
	peers := map[string]networkingv1.NetworkPolicyPeer{}
	ports := map[string][]portRule{}
	for _, f := range fs {
		for _, p := range f.peers {
			key := peerKey(p)
			peers[key] = p
			ports[key] = append(ports[key], f.port)
		}
	}
	var out []group
	for _, key := range sorted(peers) { // so groups are sorted by their first peers
		rules := ports[key]
		slices.SortFunc(rules, func(a, b portRule) int {
			return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.protocol, b.protocol))
		})
		rules = slices.Compact(rules)
		if rules[0] == (portRule{}) { // any port
			rules = nil
		}
		i := slices.IndexFunc(out, func(g group) bool { return slices.Equal(g.rules, rules) })
		if i < 0 {
			i = len(out)
			g := group{rules: rules}
			for _, rule := range rules {
				g.ports = append(g.ports, networkingv1.NetworkPolicyPort{Port: ptr(intstr.FromInt32(rule.number)), Protocol: ptr(rule.protocol)})
			}
			out = append(out, g)
		}
		out[i].peers = append(out[i].peers, peers[key])
	}
	return out
}

// peerKey identifies a peer, and sorts pods before addresses.
func peerKey(p networkingv1.NetworkPolicyPeer) string {
	if p.IPBlock != nil {
		return "2 " + p.IPBlock.CIDR
	}
	key := "1"
	for _, s := range []*metav1.LabelSelector{p.NamespaceSelector, p.PodSelector} {
		key += "|"
		if s != nil {
			for _, k := range sorted(s.MatchLabels) {
				key += k + "=" + s.MatchLabels[k] + ","
			}
		}
	}
	return key
}
