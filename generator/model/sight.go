package model

import "net/netip"

// Sight is how a node looks to pods of other nodes when something on it, or a pod that
// uses its network, talks to them. Pods of the node itself always let it in: Kubernetes'
// NetworkPolicies allow traffic from a pod's own node.
type Sight int

const (
	// SightAddress is the node's own address. kube-router routes to other nodes from it
	// (pkg/controllers/routing, Src of its routes), and so does flannel's host-gw, which
	// has no interface of its own (flannel pkg/backend/hostgw).
	SightAddress Sight = iota
	// SightOverlay is the first address of the node's part of the pod range: that of the
	// interface of flannel's overlay (flannel pkg/backend/vxlan/vxlan.go and
	// wireguard/wireguard.go, Configure with lease.Subnet.IP; rancher/rke2#1227,
	// cloudnativelabs/kube-router#332).
	SightOverlay
	// SightRange is some address of the pod range: Calico gives the interface of its
	// overlay one from any block of the node's (tigera/operator#4740).
	SightRange
	// SightIdentity is what Cilium knows the node as: blocks of addresses match neither
	// nodes nor pods (docs.cilium.io, Layer 3 policies, "Selecting nodes with CIDR").
	SightIdentity
	// SightAny is the node's own address, or some address of the pod range.
	SightAny
)

// Sight is how nodes look to pods of other nodes under the network plugin.
func (n Network) Sight() Sight {
	switch n.CNI {
	case "kube-router":
		return SightAddress
	case "flannel", "canal":
		if n.Backend == "host-gw" {
			return SightAddress
		}
		return SightOverlay
	case "calico":
		return SightRange
	case "cilium":
		return SightIdentity
	}
	return SightAny
}

// Overlay is the address under which pods of other nodes see the node on flannel's
// overlay; not valid while its part of the pod range is not declared.
func (n *Node) Overlay() netip.Addr {
	prefix, err := netip.ParsePrefix(n.Pods)
	if err != nil {
		return netip.Addr{}
	}
	return prefix.Masked().Addr()
}

// ThroughNodes reports whether the Kubernetes API reaches a pod through the pod's own
// node, whatever network plugin there is: K3s's agents carry its connections in the egress
// selector modes pod and cluster (k3s-io/k3s#5603).
func (k Kubernetes) ThroughNodes() bool {
	return k.Distribution == "k3s" && (k.EgressSelector == "pod" || k.EgressSelector == "cluster")
}
