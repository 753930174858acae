package scope

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
)

// Chart is one chart, with what others ask of its pods.
type Chart struct {
	Declared *model.Chart
	Party
}

// NewChart is a declared chart, with the ports of its Services.
func NewChart(name string, declared *model.Chart) *Chart {
	c := &Chart{Declared: declared}
	c.Party = Party{
		Kind: "chart", Owner: name, Full: name, Namespace: declared.Namespace,
		At: model.Path{"charts", name}, Selector: declared.Pods, Labels: declared.Pods,
	}
	for _, s := range slices.Sorted(maps.Keys(declared.Services)) {
		it := declared.Services[s]
		p := Port{
			Name: s, Number: it.Target, Protocol: corev1.ProtocolTCP, At: c.At.Join("services", s),
			Service: &service{Name: it.Service, Port: it.Port, pods: it.Pods},
		}
		if it.UDP {
			p.Protocol = corev1.ProtocolUDP
		}
		c.Ports = append(c.Ports, p)
	}
	return c
}
