package network

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/manifest"
)

// end is one end of traffic: pods, or something with an address.
type end struct {
	name string // in a sentence: chart cert-manager, node pi1
	pods *pods
	// address is where traffic comes from or goes to, and within a range of which it is
	// any address; both are invalid for pods.
	address netip.Addr
	within  netip.Prefix
	// entities are what Cilium calls a node: host, remote-node, kube-apiserver.
	entities []string
}

// pods are those of a workload or chart.
type pods struct {
	namespace string
	labels    set
	ports     map[string]int32 // by name
	host      bool             // they use their node's network
	nodes     []string         // where they may run
}

// key says what policies select the pods by: two with the same key are selected by the same.
func (p *pods) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %t", p.namespace, p.labels.open)
	for _, name := range slices.Sorted(maps.Keys(p.labels.labels)) {
		fmt.Fprintf(&b, " %q=%q", name, p.labels.labels[name])
	}
	return b.String()
}

// wall is all policies of a cluster, by namespace.
type wall struct {
	policies   map[string][]*policy
	namespaces map[string]set
	pods       netip.Prefix // their range; not valid when it is not known
	identities bool         // blocks of addresses match neither pods nor nodes
	// about are the policies that select pods, or may, by what key returns.
	about map[string][]chosenBy
}

// chosenBy is a policy that selects pods, or may.
type chosenBy struct {
	*policy
	about answer
}

// policiesOf are the policies that select pods, or may.
func (w *wall) policiesOf(p *pods) []chosenBy {
	key := p.key()
	if known, there := w.about[key]; there {
		return known
	}
	var out []chosenBy
	for _, each := range w.policies[p.namespace] {
		if about := selects(each.selector, p.labels); about != no {
			out = append(out, chosenBy{each, about})
		}
	}
	w.about[key] = out
	return out
}

// lets reports whether traffic gets from one end to the other, and which end stops it.
func (w *wall) lets(from, to end, at target) (answer, string) {
	out, in := yes, yes
	if from.pods != nil && !from.pods.host {
		out = w.passes(from, to, at, func(p *policy) direction { return p.out })
	}
	if to.pods != nil && !to.pods.host {
		in = w.passes(to, from, at, func(p *policy) direction { return p.in })
	}
	switch {
	case out < in:
		return out, "egress of " + from.name
	case in < yes:
		return in, "ingress of " + to.name
	}
	return yes, ""
}

// target is a port that traffic goes to, with the names that it has there.
type target struct {
	number   int32
	protocol corev1.Protocol
	ports    map[string]int32 // of the pods that have it
	open     bool             // they may have others
}

// passes reports whether the policies about own pods let them talk with the other end: a pod
// that none isolates talks with everybody, else some rule must match.
func (w *wall) passes(own, other end, at target, side func(*policy) direction) answer {
	isolated, allowed := no, no
	for _, p := range w.policiesOf(own.pods) {
		d := side(p.policy)
		if !d.on {
			continue
		}
		isolated = max(isolated, p.about)
		for _, r := range d.rules {
			allowed = max(allowed, min(p.about, w.rule(r, own, other, at)))
		}
	}
	switch {
	case allowed == yes || isolated == no:
		return yes
	case allowed == maybe || isolated == maybe:
		return maybe
	}
	return no
}

func (w *wall) rule(r rule, own, other end, at target) answer {
	ports := no
	for _, p := range r.ports {
		ports = max(ports, p.is(at))
	}
	if r.ports == nil {
		ports = yes
	}
	peers := no
	for _, p := range r.peers {
		peers = max(peers, w.peer(p, own, other))
	}
	if r.peers == nil {
		peers = yes
	}
	return min(ports, peers)
}

func (p port) is(at target) answer {
	if p.protocol != at.protocol {
		return no
	}
	if p.name != "" {
		number, known := at.ports[p.name]
		switch {
		case known && number == at.number:
			return yes
		case known || !at.open:
			return no
		}
		return maybe
	}
	if p.from == 0 || p.from <= at.number && at.number <= p.to {
		return yes
	}
	return no
}

// peer reports whether the other end is a peer of a policy about own pods.
func (w *wall) peer(p peer, own, other end) answer {
	switch {
	case p.entity != "":
		if slices.Contains(other.entities, p.entity) || p.entity == "all" || p.entity == "cluster" && other.entities != nil {
			return yes
		}
		return no
	case p.block.IsValid():
		return w.block(p, other)
	case other.pods == nil || other.pods.host: // known by address alone
		return no
	}
	place := yes
	if p.namespaces != nil {
		place = selects(p.namespaces, w.namespace(other.pods.namespace))
	} else if other.pods.namespace != own.pods.namespace {
		place = no
	}
	return min(place, selects(p.pods, other.pods.labels))
}

// block reports whether the other end has an address of a block.
func (w *wall) block(p peer, other end) answer {
	inside := other.within
	switch {
	case w.identities && (other.pods != nil || other.entities != nil):
		return no
	case other.address.IsValid():
		inside = netip.PrefixFrom(other.address, other.address.BitLen())
	case other.pods != nil:
		return w.anyPod(p)
	}
	if !inside.IsValid() || p.block.Bits() > inside.Bits() || !p.block.Contains(inside.Addr()) {
		return no
	}
	for _, except := range p.except {
		if except.Overlaps(inside) {
			return no
		}
	}
	return yes
}

// anyPod reports whether a block admits some pods. They have addresses of the pod range, of
// which flannel's overlay alone has the first of a node's.
func (w *wall) anyPod(p peer) answer {
	if p.block.IsSingleIP() {
		return no
	}
	if !w.pods.IsValid() {
		return maybe
	}
	if !p.block.Overlaps(w.pods) || slices.ContainsFunc(p.except, func(e netip.Prefix) bool { return e.Bits() <= w.pods.Bits() && e.Overlaps(w.pods) }) {
		return no
	}
	return yes
}

// namespace are the labels of one: every namespace has its name among them.
func (w *wall) namespace(name string) set {
	if known, there := w.namespaces[name]; there {
		return known
	}
	return set{map[string]string{corev1.LabelMetadataName: name}, true}
}

// build reads the policies and namespaces among objects. Those that cannot be read are
// handed to lost.
func build(objects []*manifest.Object, lost func(*manifest.Object, error)) *wall {
	w := &wall{policies: map[string][]*policy{}, namespaces: map[string]set{}, about: map[string][]chosenBy{}}
	for _, o := range objects {
		if ns, is := o.Value.(*corev1.Namespace); is {
			labels := map[string]string{corev1.LabelMetadataName: o.Name}
			for key, value := range ns.Labels {
				labels[key] = value
			}
			w.namespaces[o.Name] = set{labels, false}
		}
		p, err := read(o)
		if err != nil {
			lost(o, err)
		} else if p != nil {
			w.policies[o.Namespace] = append(w.policies[o.Namespace], p)
		}
	}
	return w
}
