// Package traffic decides who reaches whom: connections, the ways in from outside, and
// the network policies that close everything else.
package traffic

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// Network tells how pods, nodes and addresses look to NetworkPolicies.
type Network struct{ *scope.Scope }

// PrivateRanges are no part of the internet: RFC 1918, RFC 6598 (also Tailscale's),
// RFC 3927, and what no host has.
var PrivateRanges = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
}

// opens lets pods that the cluster only names (its ingress controller, its
// scraper, a mesh) reach a port. What is declared here and may be those pods
// gets the other end.
func (r Network) opens(at model.Path, from model.Peer, to *scope.Party, p scope.Port) {
	to.Admits([]networkingv1.NetworkPolicyPeer{PodsOf(from.Namespace, from.Pods)}, p)
	for _, who := range r.Lives[from.Namespace] {
		switch {
		case who == to || !who.MayBe(from.Pods):
		case who.Host != nil: // labels say nothing of them
			r.Lets(at, who, to, p)
		default:
			r.goes(at, who, to, p)
		}
	}
}

// goes lets one party reach a port of another: of its pods, or of the nodes whose network
// they use.
func (r Network) goes(at model.Path, from, to *scope.Party, p scope.Port) {
	if to.Host == nil {
		from.Reaches(podsAt(to, p, from), p)
		return
	}
	var out []networkingv1.NetworkPolicyPeer
	for _, name := range workload.Places(r).LandsOn(to.Host) {
		if node := r.Desired.Cluster.Nodes[name]; node.Address != "" {
			out = append(out, r.block(model.Path{"cluster", "nodes", name, "address"}, node.Address)...)
		}
	}
	if len(out) == 0 {
		r.noAddress(at, to)
	}
	r.reachesNodes(from, out, p, entityHost, entityNode)
}

// noAddress reports a party that is known by addresses of nodes, of which none has one.
func (r Network) noAddress(at model.Path, w *scope.Party) {
	r.Error(at, "network/no-address", fmt.Sprintf("%s uses its node's network, so it is known by the node's address", w.Full),
		"no node that it may run on has one here", "add address to the nodes")
}

// podsAt is how the pods of w behind one port look to the pods of seen: by their labels.
func podsAt(w *scope.Party, p scope.Port, seen *scope.Party) []networkingv1.NetworkPolicyPeer {
	labels := w.SelectorAt(p)
	peer := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: labels}}
	if w.Namespace != seen.Namespace {
		peer.NamespaceSelector = NamespaceNamed(w.Namespace)
		if len(labels) == 0 {
			peer.PodSelector = nil
		}
	}
	return []networkingv1.NetworkPolicyPeer{peer}
}

// NamespaceNamed selects the namespace of that name.
func NamespaceNamed(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{labels.NSName: name}}
}

// PodsOf are pods of another namespace; without labels, all of them.
func PodsOf(namespace string, pods map[string]string) networkingv1.NetworkPolicyPeer {
	peer := networkingv1.NetworkPolicyPeer{NamespaceSelector: NamespaceNamed(namespace)}
	if len(pods) > 0 {
		peer.PodSelector = &metav1.LabelSelector{MatchLabels: pods}
	}
	return peer
}

// block is an address or a range as a peer.
func (r Network) block(at model.Path, text string) []networkingv1.NetworkPolicyPeer {
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		addr, addrErr := netip.ParseAddr(text)
		if addrErr != nil {
			r.Error(at, "network/bad-address", fmt.Sprintf("%q is neither an address nor a range", text), "NetworkPolicies know no names", "write it like 192.168.1.20 or 192.168.1.0/24")
			return nil
		}
		prefix = netip.PrefixFrom(addr, addr.BitLen())
	}
	return []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: prefix.Masked().String()}}}
}

// Internet is every IPv4 address but private ones and those of the cluster and
// the home network.
func (r Network) Internet() networkingv1.NetworkPolicyPeer {
	n := r.Desired.Cluster.Network
	except := slices.Clone(PrivateRanges)
	for _, own := range []string{n.Pods, n.Services, n.LAN} {
		prefix, err := netip.ParsePrefix(own)
		if err == nil && prefix.Addr().Is4() && !slices.ContainsFunc(PrivateRanges, func(p string) bool {
			wide := netip.MustParsePrefix(p)
			return wide.Bits() <= prefix.Bits() && wide.Contains(prefix.Addr())
		}) {
			except = append(except, prefix.Masked().String())
		}
	}
	slices.Sort(except)
	return networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: "0.0.0.0/0", Except: slices.Compact(except)}}
}

// reachesAPI opens the way to the Kubernetes API: its Service address before
// translation and the servers' addresses after it, as plugins differ in what they see.
func (r Network) reachesAPI(w *scope.Party) {
	c := r.Desired.Cluster
	if prefix, err := netip.ParsePrefix(c.Network.Services); err == nil {
		first := prefix.Masked().Addr().Next()
		w.Reaches(r.block(nil, first.String()), scope.Port{Number: 443, Protocol: corev1.ProtocolTCP})
	}
	servers := r.servers()
	r.reachesNodes(w, servers, scope.Port{Number: c.Network.APIPort, Protocol: corev1.ProtocolTCP}, entityServer)
	if len(servers) == 0 {
		r.Stranded = append(r.Stranded, w.Full)
	}
}

// servers are the addresses of the nodes that run the Kubernetes API.
func (r Network) servers() []networkingv1.NetworkPolicyPeer {
	var out []networkingv1.NetworkPolicyPeer
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		if n := r.Desired.Cluster.Nodes[name]; n.Role == "server" && n.Address != "" {
			out = append(out, r.block(model.Path{"cluster", "nodes", name, "address"}, n.Address)...)
		}
	}
	return out
}

// asksDNS opens the way to the cluster's DNS server.
func (r Network) asksDNS(p *scope.Party) {
	dns := []networkingv1.NetworkPolicyPeer{PodsOf(r.Desired.Cluster.Network.DNS.Namespace, r.Desired.Cluster.Network.DNS.Pods)}
	p.Reaches(dns, scope.Port{Number: 53, Protocol: corev1.ProtocolUDP})
	p.Reaches(dns, scope.Port{Number: 53, Protocol: corev1.ProtocolTCP})
}
