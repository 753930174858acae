package network

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// policy is a NetworkPolicy or CiliumNetworkPolicy as the network plugin reads it.
type policy struct {
	object   *manifest.Object
	selector *metav1.LabelSelector
	in, out  direction
}

// direction are the rules of a policy for one direction. It isolates pods when it is on.
type direction struct {
	on    bool
	rules []rule
}

// rule admits peers on ports; nil peers are everybody, nil ports all.
type rule struct {
	peers []peer
	ports []port
}

// peer is one of a rule: pods, a block of addresses, or one of Cilium's entities.
type peer struct {
	block      netip.Prefix
	except     []netip.Prefix
	namespaces *metav1.LabelSelector // nil for the policy's own
	pods       *metav1.LabelSelector
	entity     string
}

// port is a port, or the ports up to an end.
type port struct {
	protocol corev1.Protocol
	name     string
	from, to int32 // 0 for every port
}

// read is the policy that an object is, nil for any other object.
func read(o *manifest.Object) (*policy, error) {
	switch {
	case o.Kind == "NetworkPolicy" && o.Group == networkingv1.GroupName:
		if typed, is := o.Value.(*networkingv1.NetworkPolicy); is {
			return readKubernetes(o, typed)
		}
		read, err := inventory.Read[networkingv1.NetworkPolicy](o)
		if err != nil {
			return nil, err
		}
		return readKubernetes(o, &read)
	case o.Kind == "CiliumNetworkPolicy" && o.Group == "cilium.io":
		return readCilium(o)
	}
	return nil, nil
}

func readKubernetes(o *manifest.Object, p *networkingv1.NetworkPolicy) (*policy, error) {
	// Without policyTypes a policy is about ingress, and about egress if it has rules for it.
	types := p.Spec.PolicyTypes
	out := &policy{object: o, selector: &p.Spec.PodSelector}
	out.in.on = len(types) == 0 || slices.Contains(types, networkingv1.PolicyTypeIngress)
	out.out.on = len(types) == 0 && len(p.Spec.Egress) > 0 || slices.Contains(types, networkingv1.PolicyTypeEgress)
	for _, r := range p.Spec.Ingress {
		if err := out.in.add(r.From, r.Ports); err != nil {
			return nil, err
		}
	}
	for _, r := range p.Spec.Egress {
		if err := out.out.add(r.To, r.Ports); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// add adds a rule of a NetworkPolicy.
func (d *direction) add(peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort) error {
	var r rule
	for _, p := range peers {
		if p.IPBlock == nil {
			r.peers = append(r.peers, peer{namespaces: p.NamespaceSelector, pods: p.PodSelector})
			continue
		}
		block, err := netip.ParsePrefix(p.IPBlock.CIDR)
		if err != nil {
			return err
		}
		x := peer{block: block.Masked()}
		for _, text := range p.IPBlock.Except {
			except, err := netip.ParsePrefix(text)
			if err != nil {
				return err
			}
			x.except = append(x.except, except.Masked())
		}
		r.peers = append(r.peers, x)
	}
	for _, p := range ports {
		x := port{protocol: corev1.ProtocolTCP}
		if p.Protocol != nil {
			x.protocol = *p.Protocol
		}
		if p.Port != nil && p.Port.Type == intstr.String {
			x.name = p.Port.StrVal
		} else if p.Port != nil {
			x.from, x.to = p.Port.IntVal, p.Port.IntVal
		}
		if p.EndPort != nil {
			x.to = *p.EndPort
		}
		r.ports = append(r.ports, x)
	}
	d.rules = append(d.rules, r)
	return nil
}

// ciliumRule is what is read of a rule of a CiliumNetworkPolicy (cilium.io/v2): entities
// and ports. A rule with other peers is not understood.
type ciliumRule struct {
	FromEntities []string     `json:"fromEntities"`
	ToEntities   []string     `json:"toEntities"`
	ToPorts      []ciliumPort `json:"toPorts"`
}

type ciliumPort struct {
	Ports []struct {
		Port     string          `json:"port"`
		Protocol corev1.Protocol `json:"protocol"`
	} `json:"ports"`
}

// ciliumPolicy is what is read of a CiliumNetworkPolicy.
type ciliumPolicy struct {
	Spec struct {
		EndpointSelector *metav1.LabelSelector `json:"endpointSelector"`
		Ingress          []ciliumRule          `json:"ingress"`
		Egress           []ciliumRule          `json:"egress"`
	} `json:"spec"`
}

func readCilium(o *manifest.Object) (*policy, error) {
	in, err := inventory.Read[ciliumPolicy](o)
	if err != nil {
		return nil, err
	}
	out := &policy{object: o, selector: in.Spec.EndpointSelector}
	for _, side := range []struct {
		into  *direction
		rules []ciliumRule
	}{{&out.in, in.Spec.Ingress}, {&out.out, in.Spec.Egress}} {
		side.into.on = len(side.rules) > 0
		for _, r := range side.rules {
			x := rule{peers: []peer{}}
			for _, entity := range slices.Concat(r.FromEntities, r.ToEntities) {
				x.peers = append(x.peers, peer{entity: entity})
			}
			for _, ports := range r.ToPorts {
				for _, p := range ports.Ports {
					number, name := int32(0), p.Port
					if _, err := fmt.Sscanf(p.Port, "%d", &number); err == nil {
						name = ""
					}
					x.ports = append(x.ports, port{protocol: corev1.Protocol(strings.ToUpper(string(p.Protocol))), name: name, from: number, to: number})
				}
			}
			side.into.rules = append(side.into.rules, x)
		}
	}
	return out, nil
}
