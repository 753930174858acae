package render

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/model"
)

// flows is the traffic that is declared for a workload, seen from its pods.
type flows struct {
	in, out []flow
}

// flow is traffic with some peers on one port; peers that are nil are nobody.
type flow struct {
	peers []networkingv1.NetworkPolicyPeer
	port  portRule
}

type portRule struct {
	number   int32
	protocol corev1.Protocol
}

// privateRanges are no part of the internet: RFC 1918, RFC 6598 (also Tailscale's),
// RFC 3927, and what no host has.
var privateRanges = []string{
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
	"172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4",
}

func (w *workload) admits(peers []networkingv1.NetworkPolicyPeer, p port) {
	w.flows.in = append(w.flows.in, flow{peers, portRule{p.number, p.protocol}})
}

func (w *workload) reaches(peers []networkingv1.NetworkPolicyPeer, p port) {
	w.flows.out = append(w.flows.out, flow{peers, portRule{p.number, p.protocol}})
}

// connections collects what a workload declares about whom it talks to, at both ends.
func (r *renderer) connections(w *workload) {
	for _, name := range sorted(w.Connects) {
		at := w.at.Join("connects", name)
		others := r.lookup(w, name)
		if len(others) == 0 {
			r.unknownApp(at, w, name, fmt.Sprintf("%s connects to %s", w.full, name))
			continue
		}
		for _, portName := range w.Connects[name] {
			if to, p, ok := r.portOf(at, name, others, portName); ok {
				w.reaches(r.peersOf(at, to, w), p)
				to.admits(r.peersOf(at, w, to), p)
			}
		}
	}
	for _, from := range sorted(w.Clients) {
		at := w.at.Join("clients", from)
		peers := r.block(at, from)
		for _, name := range w.Clients[from] {
			if _, p, ok := r.portOf(at, w.full, []*workload{w}, name); ok {
				w.admits(peers, p)
			}
		}
	}
	if w.Internet != nil {
		eachPort(w.Internet, func(p port) { w.reaches([]networkingv1.NetworkPolicyPeer{r.internet()}, p) })
	}
	for _, to := range sorted(w.LAN) {
		peers := r.block(w.at.Join("lan", to), to)
		ports := w.LAN[to]
		eachPort(&ports, func(p port) { w.reaches(peers, p) })
	}
	if r.usesAPI(w) {
		r.reachesAPI(w)
	}
	if len(w.Metrics) > 0 && r.d.Cluster.Metrics != nil {
		scraper := *r.d.Cluster.Metrics
		for _, p := range w.ports {
			if _, scraped := w.Metrics[p.name]; scraped {
				w.admits([]networkingv1.NetworkPolicyPeer{podsOf(scraper.Namespace, scraper.Pods)}, p)
			}
		}
	}
	for _, probed := range r.d.Cluster.Network.ProbesFrom {
		peers := r.block(model.Path{"cluster", "network", "probesFrom"}, probed)
		for _, p := range w.ports {
			w.admits(peers, p)
		}
	}
}

func eachPort(ports *model.Ports, do func(port)) {
	for _, n := range ports.TCP {
		do(port{number: n, protocol: corev1.ProtocolTCP})
	}
	for _, n := range ports.UDP {
		do(port{number: n, protocol: corev1.ProtocolUDP})
	}
}

// peersOf is how the pods of w look to the pods of seen: by their labels, or by
// the addresses of the nodes they may run on when they use the node's network.
func (r *renderer) peersOf(at model.Path, w, seen *workload) []networkingv1.NetworkPolicyPeer {
	if w.HostNetwork == "" {
		peer := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{MatchLabels: w.selector}}
		if w.app.Namespace != seen.app.Namespace {
			peer.NamespaceSelector = namespaceNamed(w.app.Namespace)
		}
		return []networkingv1.NetworkPolicyPeer{peer}
	}
	var out []networkingv1.NetworkPolicyPeer
	for _, name := range r.landsOn(w) {
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
func (r *renderer) block(at model.Path, text string) []networkingv1.NetworkPolicyPeer {
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
func (r *renderer) internet() networkingv1.NetworkPolicyPeer {
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
func (r *renderer) reachesAPI(w *workload) {
	c := r.d.Cluster
	if prefix, err := netip.ParsePrefix(c.Network.Services); err == nil {
		first := prefix.Masked().Addr().Next()
		w.reaches(r.block(nil, first.String()), port{number: 443, protocol: corev1.ProtocolTCP})
	}
	found := false
	for _, name := range sorted(c.Nodes) {
		if n := c.Nodes[name]; n.Role == "server" && n.Address != "" {
			w.reaches(r.block(model.Path{"cluster", "nodes", name, "address"}, n.Address), port{number: c.Network.APIPort, protocol: corev1.ProtocolTCP})
			found = true
		}
	}
	if !found {
		r.Error(w.at.Join("grants"), "network/no-address", w.full+" uses the Kubernetes API", "no server node has an address here", `give a node role: "server" and an address`)
	}
}

// policies renders one NetworkPolicy for each workload, once every app has said
// what it connects to. Host network pods are beyond NetworkPolicies.
func (r *renderer) policies() {
	for _, name := range sorted(r.apps) {
		unit := r.units[name]
		if unit == nil { // reported
			continue
		}
		for _, w := range r.apps[name] {
			if w.HostNetwork != "" {
				continue
			}
			if len(w.Connects) > 0 || w.Internet != nil {
				dns := []networkingv1.NetworkPolicyPeer{podsOf(r.d.Cluster.Network.DNS.Namespace, r.d.Cluster.Network.DNS.Pods)}
				w.reaches(dns, port{number: 53, protocol: corev1.ProtocolUDP})
				w.reaches(dns, port{number: 53, protocol: corev1.ProtocolTCP})
			}
			spec := networkingv1.NetworkPolicySpec{
				PodSelector: metav1.LabelSelector{MatchLabels: w.selector},
				PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			}
			for _, g := range grouped(w.flows.in) {
				spec.Ingress = append(spec.Ingress, networkingv1.NetworkPolicyIngressRule{From: g.peers, Ports: g.ports})
			}
			for _, g := range grouped(w.flows.out) {
				spec.Egress = append(spec.Egress, networkingv1.NetworkPolicyEgressRule{To: g.peers, Ports: g.ports})
			}
			if len(spec.Ingress) == 0 && len(spec.Egress) == 0 {
				continue // the namespace's default-deny says the same
			}
			r.add(unit, kindPolicy, &networkingv1.NetworkPolicy{ObjectMeta: meta(w, w.full), Spec: spec}, w.at)
		}
	}
}

// group is all peers with the same ports.
type group struct {
	peers []networkingv1.NetworkPolicyPeer
	ports []networkingv1.NetworkPolicyPort
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
	byPorts := map[string]*group{}
	for _, key := range sorted(peers) {
		rules := ports[key]
		slices.SortFunc(rules, func(a, b portRule) int {
			return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.protocol, b.protocol))
		})
		rules = slices.Compact(rules)
		id := fmt.Sprint(rules)
		g := byPorts[id]
		if g == nil {
			g = &group{}
			for _, rule := range rules {
				g.ports = append(g.ports, networkingv1.NetworkPolicyPort{Port: ptr(intstr.FromInt32(rule.number)), Protocol: ptr(rule.protocol)})
			}
			byPorts[id] = g
		}
		g.peers = append(g.peers, peers[key])
	}
	var out []group
	for _, g := range byPorts {
		out = append(out, *g)
	}
	slices.SortFunc(out, func(a, b group) int { return strings.Compare(peerKey(a.peers[0]), peerKey(b.peers[0])) })
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
