// Package traffic makes Ingresses, Services of load balancers and NetworkPolicies.
package traffic

import (
	"cmp"
	"maps"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// NetworkPolicyOf is the NetworkPolicy with a party's flows.
func NetworkPolicyOf(x *traffic.NetworkPolicy) []object.Made {
	p := x.Of
	spec := networkingv1.NetworkPolicySpec{
		PodSelector: metav1.LabelSelector{MatchLabels: p.Selector},
		PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
	}
	for _, g := range grouped(p.Flows.In) {
		spec.Ingress = append(spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: g.peers, Ports: g.ports})
	}
	for _, g := range grouped(p.Flows.Out) {
		spec.Egress = append(spec.Egress, networkingv1.NetworkPolicyEgressRule{To: g.peers, Ports: g.ports})
	}
	if len(spec.Ingress) == 0 && len(spec.Egress) == 0 && !x.Alone {
		return nil // the namespace's default-deny says the same
	}
	m := p.Meta(p.Full)
	if p.Reason != "" {
		m.Annotations = map[string]string{model.AnnotationReason: p.Reason}
	}
	return []object.Made{object.Of(x.Unit, kinds.Policy, &networkingv1.NetworkPolicy{ObjectMeta: m, Spec: spec}, p.At)}
}

// group is all peers with the same ports.
type group struct {
	peers []networkingv1.NetworkPolicyPeer
	ports []networkingv1.NetworkPolicyPort
	rules []scope.PortRule // the ports, as they were asked for
}

// grouped makes one rule of all peers that share their ports; sorted.
func grouped(fs []scope.Flow) []group {
	peers := map[string]networkingv1.NetworkPolicyPeer{}
	ports := map[string][]scope.PortRule{}
	for _, f := range fs {
		for _, p := range f.Peers {
			key := peerKey(p)
			peers[key] = p
			ports[key] = append(ports[key], f.Port)
		}
	}
	var out []group
	for _, key := range slices.Sorted(maps.Keys(peers)) { // so groups are sorted by their first peers
		rules := ports[key]
		slices.SortFunc(rules, comparePorts)
		rules = slices.Compact(rules)
		if rules[0] == (scope.PortRule{}) { // any port
			rules = nil
		}
		i := slices.IndexFunc(out, func(g group) bool { return slices.Equal(g.rules, rules) })
		if i < 0 {
			i = len(out)
			g := group{rules: rules}
			for _, rule := range rules {
				g.ports = append(g.ports, networkingv1.NetworkPolicyPort{Port: ptr.To(intstr.FromInt32(rule.Number)), Protocol: ptr.To(rule.Protocol)})
			}
			out = append(out, g)
		}
		out[i].peers = append(out[i].peers, peers[key])
	}
	return out
}

func comparePorts(a, b scope.PortRule) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Protocol, b.Protocol))
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
			for _, k := range slices.Sorted(maps.Keys(s.MatchLabels)) {
				key += k + "=" + s.MatchLabels[k] + ","
			}
		}
	}
	return key
}
