package traffic

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// entities are what Cilium calls nodes in its policies (docs.cilium.io, Layer 3 policies).
const (
	entityHost   = "host"        // the pod's own node, for traffic to it
	entityNode   = "remote-node" // any other
	entityServer = "kube-apiserver"
)

// Lets opens a port of one party to another: to its pods, or to the nodes whose network
// they use.
func (r Network) Lets(at model.Path, from, to *scope.Party, p scope.Port) {
	if from.Host == nil {
		to.Admits(podsAt(from, scope.Port{}, to), p)
		return
	}
	nodes := workload.Places(r).LandsOn(from.Host)
	if !r.letsNodes(nodes, to, p, entityNode) {
		r.noAddress(at, from)
	}
}

// letsNodes opens a port of a party to nodes, under the addresses that its pods see them.
// Traffic within a node is always allowed, so a node on which all of those pods run needs no
// rule. It returns false when no address is known of any node.
func (r Network) letsNodes(nodes []string, to *scope.Party, p scope.Port, entity string) bool {
	towards, known := landing(r.Scope, to), false
	for _, name := range nodes {
		node := r.Desired.Cluster.Nodes[name]
		if len(towards) == 1 && towards[0] == name {
			known = true
			continue
		}
		switch r.Desired.Cluster.Network.Sight() {
		case model.SightIdentity:
			to.AdmitsEntity(entity, p)
			known = true
		case model.SightOverlay:
			if overlay := node.Overlay(); overlay.IsValid() {
				to.Admits(oneAddress(overlay), p)
			} else {
				r.anyPod(name, to, p)
			}
			known = true
		case model.SightRange:
			r.anyPod(name, to, p)
			known = true
		case model.SightAny:
			r.anyPod(name, to, p)
			known = true
			fallthrough
		case model.SightAddress:
			if address, err := netip.ParseAddr(node.Address); err == nil { // else reported with the node
				to.Admits(oneAddress(address), p)
				known = true
			}
		}
	}
	return known
}

// reachesNodes lets a party reach a port of nodes: at their addresses, or under Cilium, which
// matches no address of a node, by what it calls them.
func (r Network) reachesNodes(w *scope.Party, peers []networkingv1.NetworkPolicyPeer, p scope.Port, entities ...string) {
	if r.Desired.Cluster.Network.Sight() != model.SightIdentity {
		w.Reaches(peers, p)
	} else if len(peers) > 0 {
		w.ReachesEntities(p, entities...)
	}
}

// landing are the nodes on which the pods of a party may run: of a chart's nothing is known.
func landing(s *scope.Scope, p *scope.Party) []string {
	if p.Runner != nil {
		return workload.Places{Scope: s}.LandsOn(p.Runner)
	}
	return slices.Sorted(maps.Keys(s.Desired.Cluster.Nodes))
}

// anyPod opens a port of a party to the whole pod range, for a node whose address in it is
// not known, and notes that.
func (r Network) anyPod(node string, to *scope.Party, p scope.Port) {
	prefix, err := netip.ParsePrefix(r.Desired.Cluster.Network.Pods)
	if err != nil {
		r.Unranged[""] = append(r.Unranged[""], portText(to, p))
		return
	}
	to.Admits([]networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: prefix.Masked().String()}}}, p)
	r.Unranged[node] = append(r.Unranged[node], portText(to, p))
}

// portText is a port of a party in a sentence: port 10250 of chart cert-manager.
func portText(w *scope.Party, p scope.Port) string {
	return fmt.Sprintf("port %d of %s", p.Number, w.Says())
}

func oneAddress(address netip.Addr) []networkingv1.NetworkPolicyPeer {
	return []networkingv1.NetworkPolicyPeer{{IPBlock: &networkingv1.IPBlock{CIDR: netip.PrefixFrom(address, address.BitLen()).String()}}}
}

// reportStranded reports, once, that no address of the Kubernetes API is known.
func (r Network) reportStranded() {
	users := Unique(r.Stranded)
	if len(users) == 0 {
		return
	}
	detail := fmt.Sprintf("the network policies of %s need it to allow traffic with the Kubernetes API", finding.AllSorted(users))
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		if r.Desired.Cluster.Nodes[name].Role == "server" {
			r.Error(model.Path{"cluster", "nodes", name}, "network/no-address", fmt.Sprintf("server node %s has no address", name), detail, "add its address, such as `address: \"192.168.1.11\"`")
			return
		}
	}
	r.Error(model.Path{"cluster", "nodes"}, "network/no-address", "no node has the role server, so the address of the Kubernetes API is unknown", detail,
		"add `role: \"server\"` and `address` to the node that runs it")
}

// ReportOpen reports the ports that every pod can reach, because nodes that must reach them have
// addresses that are not known.
func (r Network) ReportOpen() {
	if ports := r.Unranged[""]; len(ports) > 0 {
		r.Error(model.Path{"cluster", "network"}, "network/no-address", "the pod range is not declared", "", fmt.Sprintf("Add pods to cluster.network: nodes reach %s from it.", finding.All(ports)))
	}
	r.reportStranded()
	n := r.Desired.Cluster.Network
	var calm []string
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		ports := Unique(r.Unranged[name])
		if len(ports) == 0 {
			continue
		}
		if n.Sight() != model.SightOverlay {
			calm = append(calm, ports...)
			continue
		}
		r.Note(model.Path{"cluster", "nodes", name}, "network/node-range", fmt.Sprintf("node %s declares no pods, so every pod can reach %s", name, finding.All(ports)),
			"", fmt.Sprintf("Add pods: %q to it, with what kubectl get node %s -o jsonpath={.spec.podCIDR} prints.", somePods(n), name))
	}
	if len(calm) > 0 {
		r.Note(model.Path{"cluster", "network", "cni"}, "network/node-range", fmt.Sprintf("every pod can reach %s", finding.All(Unique(calm))),
			fmt.Sprintf("with %s a node may talk to pods under any address of the pod range", n.CNI), "Add host ports or a policy of the plugin's own if that is too much.")
	}
}

// somePods is a part of the pod range, as a node has it.
func somePods(n model.Network) string {
	prefix, err := netip.ParsePrefix(n.Pods)
	if err != nil || !prefix.Addr().Is4() {
		return "…"
	}
	return netip.PrefixFrom(prefix.Masked().Addr(), max(prefix.Bits(), 24)).String() // as kube-controller-manager and K3s cut it
}

// Unique are texts, sorted, each once.
func Unique(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }
