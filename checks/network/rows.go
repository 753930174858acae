package network

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// row is traffic that must get through, or must not.
type row struct {
	kind     string // webhook, host peer, probe, connection, exposure or stranger
	from, to end
	at       target
	must     bool
	spot     inventory.Spot
	of       *party // whose pods it goes to; nil for what is no party
}

func (r row) String() string {
	return fmt.Sprintf("%s %s -> %s:%d/%s", r.kind, r.from.seen(), r.to.name, r.at.number, r.at.protocol)
}

// rows lists the traffic of a cluster: what is declared, then what is not.
func (c *cast) rows() []row {
	var out []row
	for _, p := range c.parties {
		out = append(out, c.webhooks(p)...)
		out = append(out, c.probes(p)...)
		out = append(out, c.connections(p)...)
		out = append(out, c.outward(p)...)
		out = append(out, c.scrapes(p)...)
	}
	out = append(out, c.exposures()...)
	return append(out, c.strangers(out)...)
}

// webhooks is what the Kubernetes API asks of a chart.
func (c *cast) webhooks(p *party) []row {
	if p.kind != "chart" || c.Cluster.Kubernetes.ThroughNodes() {
		return nil
	}
	var out []row
	for i, number := range c.Charts[p.owner].Webhooks {
		for _, from := range c.callers(p) {
			out = append(out, row{"webhook", from, p.end(nil), p.at(service{number: number, protocol: corev1.ProtocolTCP}), true, p.spot("webhooks", fmt.Sprint(i)), p})
		}
	}
	return out
}

// callers are the ends from which the Kubernetes API reaches pods. k0s has its servers
// outside of the cluster's nodes, and carries their connections by agents of its own
// (docs.k0sproject.io/networking).
func (c *cast) callers(p *party) []end {
	var out []end
	for _, name := range c.servers() {
		ends, _ := c.nodeEnds(name, p.nodes)
		out = append(out, ends...)
	}
	if c.Cluster.Kubernetes.Distribution == "k0s" {
		agents := pods{namespace: "kube-system", labels: set{map[string]string{"k8s-app": "konnectivity-agent"}, true}}
		out = append(out, end{name: "konnectivity-agent", pods: &agents})
	}
	return out
}

// probes is what kubelets ask from ranges that the cluster names. Those of the pods' own
// node need none.
func (c *cast) probes(p *party) []row {
	var out []row
	for _, text := range c.Cluster.Network.ProbesFrom {
		within, err := netip.ParsePrefix(text)
		if err != nil {
			continue // reported where it stands
		}
		from := end{name: "the kubelet", within: within.Masked()}
		for _, s := range c.probed(p) {
			out = append(out, row{"probe", from, p.end(nil), p.at(s), true, p.spot(), p})
		}
	}
	return out
}

// probed are the ports of a party that its probes ask.
func (c *cast) probed(p *party) []service {
	var out []service
	if p.kind == "chart" {
		for _, number := range c.Charts[p.owner].Probes {
			out = append(out, service{number: number, protocol: corev1.ProtocolTCP})
		}
		return out
	}
	for _, number := range p.asked {
		out = append(out, service{number: number, protocol: corev1.ProtocolTCP})
	}
	return out
}

// connections is what a party declares to reach, and who may reach it.
func (c *cast) connections(p *party) []row {
	var out []row
	for _, name := range slices.Sorted(maps.Keys(p.talks.connects)) {
		for _, port := range p.talks.connects[name] {
			if to, s, found := portOf(c.named(p, name), port); found {
				out = append(out, c.between(p, to, s, "connection", p.spot("connects", name))...)
			}
		}
	}
	for _, text := range slices.Sorted(maps.Keys(p.talks.clients)) {
		for _, port := range p.talks.clients[text] {
			if to, s, found := portOf([]*party{p}, port); found {
				out = append(out, row{"connection", outside("clients", text), to.end(&s), to.at(s), true, p.spot("clients", text), to})
			}
		}
	}
	return out
}

// between is traffic from one party to a port of another, by pods or by the nodes whose
// network they use.
func (c *cast) between(from, to *party, s service, kind string, spot inventory.Spot) []row {
	target := c.reached(to, &s)
	var out []row
	if !from.host {
		for _, t := range target {
			out = append(out, row{kind, from.end(nil), t, to.at(s), true, spot, to})
		}
		return out
	}
	for _, name := range from.nodes {
		ends, _ := c.nodeEnds(name, to.nodes)
		for _, e := range ends {
			e.name = from.String() + " on " + e.name
			out = append(out, row{"host peer", e, to.end(&s), to.at(s), true, spot, to})
		}
	}
	return out
}

// reached is how a party is reached: by its pods, or at the addresses of the nodes whose
// network they use.
func (c *cast) reached(to *party, s *service) []end {
	if !to.host {
		return []end{to.end(s)}
	}
	var out []end
	for _, name := range to.nodes {
		if address, err := netip.ParseAddr(c.Nodes[name].Address); err == nil {
			e := to.end(s)
			e.address, e.entities = address, []string{"host", "remote-node"}
			e.name += " on node " + name
			out = append(out, e)
		}
	}
	return out
}

// outward is what a party reaches outside of the cluster, its DNS server and its API.
func (c *cast) outward(p *party) []row {
	if p.host {
		return nil
	}
	var out []row
	add := func(to end, ports *model.Ports, spot inventory.Spot) {
		for protocol, numbers := range map[corev1.Protocol][]int32{corev1.ProtocolTCP: ports.TCP, corev1.ProtocolUDP: ports.UDP} {
			for _, number := range numbers {
				out = append(out, row{"connection", p.end(nil), to, target{number: number, protocol: protocol}, true, spot, nil})
			}
		}
	}
	if p.talks.internet != nil {
		add(end{name: "the internet", address: publicAddress()}, p.talks.internet, p.spot("internet"))
	}
	for _, text := range slices.Sorted(maps.Keys(p.talks.lan)) {
		ports := p.talks.lan[text]
		add(outside("lan", text), &ports, p.spot("lan", text))
	}
	if len(p.talks.connects) > 0 || p.talks.internet != nil || p.kind == "chart" {
		n := c.Cluster.Network
		dns := pods{namespace: n.DNS.Namespace, labels: set{n.DNS.Pods, true}}
		add(end{name: "the DNS server", pods: &dns}, &model.Ports{UDP: []int32{53}}, p.spot())
	}
	if p.talks.api {
		for _, name := range c.servers() {
			if address, err := netip.ParseAddr(c.Nodes[name].Address); err == nil {
				add(end{name: "the Kubernetes API on node " + name, address: address, entities: []string{"host", "remote-node", "kube-apiserver"}}, &model.Ports{TCP: []int32{c.Cluster.Network.APIPort}}, p.spot())
			}
		}
	}
	slices.SortStableFunc(out, func(a, b row) int { return strings.Compare(string(a.at.protocol), string(b.at.protocol)) })
	return out
}

// publicAddress is one that belongs to nobody, and to none of the ranges of a home (RFC 5737).
func publicAddress() netip.Addr { return netip.AddrFrom4([4]byte{203, 0, 113, 7}) }

// outside is an address or range of another network.
func outside(kind, text string) end {
	e := end{name: text}
	if prefix, err := netip.ParsePrefix(text); err == nil {
		e.name, e.within = kind, prefix.Masked()
	} else if address, err := netip.ParseAddr(text); err == nil {
		e.name, e.address = kind, address
	}
	return e
}

// scrapes is what the cluster's scraper asks of a party.
func (c *cast) scrapes(p *party) []row {
	scraper := c.Cluster.Metrics
	if scraper == nil || p.host {
		return nil
	}
	var out []row
	for _, name := range slices.Sorted(maps.Keys(p.talks.metrics)) {
		if to, s, found := portOf([]*party{p}, name); found {
			out = append(out, c.fromPods("the scraper", model.Peer{Namespace: scraper.Namespace, Pods: scraper.Pods}, to, s, "connection", p.spot("metrics", name))...)
		}
	}
	return out
}

// fromPods is traffic from pods that the cluster only names.
func (c *cast) fromPods(name string, from model.Peer, to *party, s service, kind string, spot inventory.Spot) []row {
	named := pods{namespace: from.Namespace, labels: set{from.Pods, true}}
	var out []row
	for _, t := range c.reached(to, &s) {
		out = append(out, row{kind, end{name: name, pods: &named}, t, to.at(s), true, spot, to})
	}
	for _, p := range c.lives[from.Namespace] {
		if p.host && among(from.Pods, p.labels) {
			out = append(out, c.between(p, to, s, kind, spot)...)
		}
	}
	return out
}

// among reports whether labels are among those of something.
func among(labels map[string]string, of set) bool {
	for key, value := range labels {
		if of.holds(key, []string{value}) == no {
			return false
		}
	}
	return true
}
