package render

import (
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// network tells how pods, nodes and addresses look to NetworkPolicies.
type network struct{ *scope }

// privateRanges are no part of the internet: RFC 1918, RFC 6598 (also Tailscale's),
// RFC 3927, and what no host has.
var privateRanges = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
}

// opens lets pods that the cluster only names (its ingress controller, its
// scraper, a mesh) reach a port. What is declared here and may be those pods
// gets the other end.
func (r network) opens(at model.Path, from model.Peer, to *party, p port) {
	to.admits([]networkingv1.NetworkPolicyPeer{podsOf(from.Namespace, from.Pods)}, p)
	for _, who := range r.lives[from.Namespace] {
		if who != to && who.mayBe(from.Pods) {
			who.reaches(r.peersAt(at, to, p, who), p)
		}
	}
}

// peersOf is how the pods of w look to the pods of seen: by their labels, or by
// the addresses of the nodes they may run on when they use the node's network.
func (r network) peersOf(at model.Path, w, seen *party) []networkingv1.NetworkPolicyPeer {
	return r.peersAt(at, w, port{}, seen)
}

// peersAt is peersOf for the pods behind one port.
func (r network) peersAt(at model.Path, w *party, p port, seen *party) []networkingv1.NetworkPolicyPeer {
	if w.host == nil {
		labels := w.selectorAt(p)
		peer := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: labels}}
		if w.namespace != seen.namespace {
			peer.NamespaceSelector = namespaceNamed(w.namespace)
			if len(labels) == 0 {
				peer.PodSelector = nil
			}
		}
		return []networkingv1.NetworkPolicyPeer{peer}
	}
	var out []networkingv1.NetworkPolicyPeer
	for _, name := range places(r).landsOn(w.host) {
		if node := r.d.Cluster.Nodes[name]; node.Address != "" {
			out = append(out, r.block(model.Path{"cluster", "nodes", name, "address"}, node.Address)...)
		}
	}
	if len(out) == 0 {
		r.Error(at, "network/no-address", fmt.Sprintf("%s uses its node's network, so it is known by the node's address", w.full),
			"no node that it may run on has one here", "add address to the nodes")
	}
	return out
}

func namespaceNamed(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{labelNSName: name}}
}

// podsOf are pods of another namespace; without labels, all of them.
func podsOf(namespace string, pods map[string]string) networkingv1.NetworkPolicyPeer {
	peer := networkingv1.NetworkPolicyPeer{NamespaceSelector: namespaceNamed(namespace)}
	if len(pods) > 0 {
		peer.PodSelector = &metav1.LabelSelector{MatchLabels: pods}
	}
	return peer
}

// block is an address or a range as a peer.
func (r network) block(at model.Path, text string) []networkingv1.NetworkPolicyPeer {
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

// internet is every IPv4 address but private ones and those of the cluster and
// the home network.
func (r network) internet() networkingv1.NetworkPolicyPeer {
	n := r.d.Cluster.Network
	except := slices.Clone(privateRanges)
	for _, own := range []string{n.Pods, n.Services, n.LAN} {
		prefix, err := netip.ParsePrefix(own)
		if err == nil && prefix.Addr().Is4() && !slices.ContainsFunc(privateRanges, func(p string) bool {
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
func (r network) reachesAPI(w *party, at model.Path) {
	c := r.d.Cluster
	if prefix, err := netip.ParsePrefix(c.Network.Services); err == nil {
		first := prefix.Masked().Addr().Next()
		w.reaches(r.block(nil, first.String()), port{number: 443, protocol: corev1.ProtocolTCP})
	}
	servers := r.servers()
	for _, peer := range servers {
		w.reaches([]networkingv1.NetworkPolicyPeer{peer}, port{number: c.Network.APIPort, protocol: corev1.ProtocolTCP})
	}
	if len(servers) == 0 {
		r.Error(at, "network/no-address", w.full+" uses the Kubernetes API", "no server node has an address here", `give a node role: "server" and an address`)
	}
}

// servers are the addresses of the nodes that run the Kubernetes API.
func (r network) servers() []networkingv1.NetworkPolicyPeer {
	var out []networkingv1.NetworkPolicyPeer
	for _, name := range sorted(r.d.Cluster.Nodes) {
		if n := r.d.Cluster.Nodes[name]; n.Role == "server" && n.Address != "" {
			out = append(out, r.block(model.Path{"cluster", "nodes", name, "address"}, n.Address)...)
		}
	}
	return out
}

// asksDNS opens the way to the cluster's DNS server.
func (r network) asksDNS(p *party) {
	dns := []networkingv1.NetworkPolicyPeer{podsOf(r.d.Cluster.Network.DNS.Namespace, r.d.Cluster.Network.DNS.Pods)}
	p.reaches(dns, port{number: 53, protocol: corev1.ProtocolUDP})
	p.reaches(dns, port{number: 53, protocol: corev1.ProtocolTCP})
}
