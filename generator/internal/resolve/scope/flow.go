package scope

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// flows is the traffic of a party, seen from its pods.
type flows struct {
	In, Out []Flow
}

// Flow is traffic with some peers on one port; peers that are nil are nobody.
type Flow struct {
	Peers    []networkingv1.NetworkPolicyPeer
	Port     PortRule
	Entities []string // in place of peers: nodes, as Cilium calls them
}

// PortRule is a port of a flow; the zero one is any port.
type PortRule struct {
	Number   int32
	Protocol corev1.Protocol
}

// Admits lets peers reach a port of the party.
func (w *Party) Admits(peers []networkingv1.NetworkPolicyPeer, p Port) {
	w.Flows.In = append(w.Flows.In, Flow{Peers: peers, Port: PortRule{p.Number, p.Protocol}})
}

// Reaches lets the party reach a port of peers.
func (w *Party) Reaches(peers []networkingv1.NetworkPolicyPeer, p Port) {
	w.Flows.Out = append(w.Flows.Out, Flow{Peers: peers, Port: PortRule{p.Number, p.Protocol}})
}

// AdmitsEntity lets nodes reach a port of the party, by what Cilium calls them.
func (w *Party) AdmitsEntity(entity string, p Port) {
	w.Flows.In = append(w.Flows.In, Flow{Port: PortRule{p.Number, p.Protocol}, Entities: []string{entity}})
}

// ReachesEntities lets the party reach a port of nodes, by what Cilium calls them.
func (w *Party) ReachesEntities(p Port, entities ...string) {
	w.Flows.Out = append(w.Flows.Out, Flow{Port: PortRule{p.Number, p.Protocol}, Entities: entities})
}
