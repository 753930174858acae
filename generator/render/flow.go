package render

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// flows is the traffic of a party, seen from its pods.
type flows struct {
	in, out []flow
}

// flow is traffic with some peers on one port; peers that are nil are nobody.
type flow struct {
	peers []networkingv1.NetworkPolicyPeer
	port  portRule
}

// portRule is a port of a flow; the zero one is any port.
type portRule struct {
	number   int32
	protocol corev1.Protocol
}

// admits lets peers reach a port of the party.
func (w *party) admits(peers []networkingv1.NetworkPolicyPeer, p port) {
	w.flows.in = append(w.flows.in, flow{peers, portRule{p.number, p.protocol}})
}

// reaches lets the party reach a port of peers.
func (w *party) reaches(peers []networkingv1.NetworkPolicyPeer, p port) {
	w.flows.out = append(w.flows.out, flow{peers, portRule{p.number, p.protocol}})
}
