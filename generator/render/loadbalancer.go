package render

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"stillsuit.dev/generator/model"
)

// balancer is an address of the home network that leads to ports of one party.
type balancer struct {
	unit        unit
	name        string // of the Service
	at          model.Path
	of          *party
	ports       []port // sorted by name
	selector    map[string]string
	metallb     bool // which hands out the addresses
	address     string
	from        []string // who may use it
	annotations map[string]string
}

// loadBalancer gives ports of one workload an address of the home network.
func (x *exposure) loadBalancer() {
	c := x.d.Cluster
	if c.Network.LoadBalancer == "none" {
		x.Error(x.at.Join("loadBalancer"), "expose/no-load-balancer", fmt.Sprintf("the exposure asks for address %s", x.LoadBalancer), "nothing in this cluster hands out addresses", "declare cluster.network.pools for MetalLB")
	}
	x.inPool(c.Network)
	names := x.Ports
	if len(names) == 0 && x.Port != "" {
		names = []string{x.Port}
	}
	if len(names) == 0 {
		x.Error(x.at, "app/missing-field", fmt.Sprintf("exposure %s names no ports", x.at[3]), "an address serves the ports that are named", `add ports: ["…"]`)
		return
	}
	var to *party
	var ports []port
	for i, name := range names {
		w, p, ok := x.portOf(x.at.Join("ports", fmt.Sprint(i)), x.of.says(), x.of.among, name)
		if !ok {
			return
		}
		if to != nil && to != w {
			x.Error(x.at.Join("ports", fmt.Sprint(i)), "expose/one-workload", fmt.Sprintf("port %s is of %s", name, w.full), fmt.Sprintf("%s is of %s, and a Service leads to one workload", names[0], to.full), "make two exposures of it")
			return
		}
		to, ports = w, append(ports, p)
		x.once("address", fmt.Sprintf("%s with %s port %d", x.LoadBalancer, p.protocol, p.front()))
	}
	selector := x.selector(to, ports)
	if selector == nil {
		return
	}
	slices.SortFunc(ports, func(a, b port) int { return cmp.Compare(a.name, b.name) })
	from := x.From
	if len(from) == 0 && c.Network.LAN != "" {
		from = []string{c.Network.LAN}
	}
	if len(from) == 0 {
		x.Error(x.at, "network/no-address", fmt.Sprintf("nobody is named who may use %s", x.LoadBalancer), "the cluster declares no home network to take for it", "set cluster.network.lan, or from here")
	}
	for _, cidr := range from {
		for _, p := range ports {
			to.admits(x.block(x.at.Join("from"), cidr), p)
		}
	}
	x.balancers = append(x.balancers, &balancer{
		unit: x.of.unit, name: x.name, at: x.at, of: to, ports: ports, selector: selector, metallb: c.Network.LoadBalancer == "metallb",
		address: x.LoadBalancer, from: from, annotations: x.Annotations,
	})
}

// selector is that of the pods behind all ports. It reports ports of a chart that
// have no pods by name, or different ones, and then returns nil.
func (x *exposure) selector(to *party, ports []port) map[string]string {
	out := to.selectorAt(ports[0])
	for _, p := range ports {
		at := x.at.Join("ports")
		if len(to.selectorAt(p)) == 0 {
			x.Error(at, "chart/pods", fmt.Sprintf("address %s leads to service %s of %s", x.LoadBalancer, p.name, to.says()),
				"the chart does not say which pods are behind it, and a Service needs their labels", fmt.Sprintf(`add services: %s: pods: "app.kubernetes.io/name": "…"`, p.name))
			return nil
		}
		if !maps.Equal(to.selectorAt(p), out) {
			x.Error(at, "expose/one-workload", fmt.Sprintf("services %s and %s of %s are named here", ports[0].name, p.name, to.says()),
				"different pods are behind them, and a Service leads to one set of pods", "make two exposures of it")
			return nil
		}
	}
	return out
}

// inPool reports an address that no pool has.
func (x *exposure) inPool(n model.Network) {
	at := x.at.Join("loadBalancer")
	addr, err := netip.ParseAddr(x.LoadBalancer)
	if err != nil {
		x.Error(at, "network/bad-address", fmt.Sprintf("%q is no address", x.LoadBalancer), "a load balancer has a fixed one", "write it like 192.168.1.241")
		return
	}
	var known []string
	for _, name := range sorted(n.Pools) {
		first, last, err := model.Range(n.Pools[name])
		if err != nil {
			continue // reported with the cluster
		}
		if first.Compare(addr) <= 0 && addr.Compare(last) <= 0 {
			return
		}
		known = append(known, fmt.Sprintf("%s (%s)", name, n.Pools[name]))
	}
	if n.LoadBalancer == "metallb" {
		x.Error(at, "expose/outside-pool", fmt.Sprintf("address %s is asked for", addr), has("this cluster", "pool", known), "choose one of theirs")
	}
}
