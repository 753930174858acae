package traffic

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
)

// CiliumPolicy is the used part of the spec of a CiliumNetworkPolicy (cilium.io/v2).
type CiliumPolicy struct {
	Selector metav1.LabelSelector `json:"endpointSelector"`
	Ingress  []ciliumIngress      `json:"ingress,omitempty"`
	Egress   []ciliumEgress       `json:"egress,omitempty"`
}

type ciliumIngress struct {
	Entities []string      `json:"fromEntities"`
	Ports    []ciliumPorts `json:"toPorts,omitempty"`
}

type ciliumEgress struct {
	Entities []string      `json:"toEntities"`
	Ports    []ciliumPorts `json:"toPorts,omitempty"`
}

type ciliumPorts struct {
	Ports []ciliumPort `json:"ports"`
}

type ciliumPort struct {
	Port     string          `json:"port"`
	Protocol corev1.Protocol `json:"protocol"`
}

// CiliumPolicyOf is a party's traffic with nodes, which no NetworkPolicy can name under
// Cilium.
func CiliumPolicyOf(x *traffic.NetworkPolicy) []object.Made {
	p := x.Of
	spec := CiliumPolicy{Selector: metav1.LabelSelector{MatchLabels: p.Selector}}
	for _, g := range entitiesOf(p.Flows.In) {
		spec.Ingress = append(spec.Ingress, ciliumIngress(g))
	}
	for _, g := range entitiesOf(p.Flows.Out) {
		spec.Egress = append(spec.Egress, ciliumEgress(g))
	}
	if len(spec.Ingress)+len(spec.Egress) == 0 {
		return nil
	}
	return []object.Made{object.OfCustom(x.Unit, kinds.CiliumPolicy, p.Meta(p.Full), spec, p.At)}
}

// entityRule are entities with the ports that they share; without ports all.
type entityRule struct {
	Entities []string
	Ports    []ciliumPorts
}

// entitiesOf makes a rule of each port that flows with entities have; sorted.
func entitiesOf(flows []scope.Flow) []entityRule {
	entities := map[scope.PortRule][]string{}
	for _, f := range flows {
		if len(f.Entities) > 0 {
			entities[f.Port] = append(entities[f.Port], f.Entities...)
		}
	}
	var out []entityRule
	for _, p := range sortedPorts(entities) {
		names := slices.Sorted(slices.Values(entities[p]))
		rule := entityRule{Entities: slices.Compact(names)}
		if p != (scope.PortRule{}) {
			rule.Ports = []ciliumPorts{{Ports: []ciliumPort{{Port: strconv.Itoa(int(p.Number)), Protocol: p.Protocol}}}}
		}
		out = append(out, rule)
	}
	return out
}

func sortedPorts(m map[scope.PortRule][]string) []scope.PortRule {
	var out []scope.PortRule
	for p := range m {
		out = append(out, p)
	}
	slices.SortFunc(out, comparePorts)
	return out
}
