package traffic

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Balancer is an address of the home network that leads to ports of one party.
type Balancer struct {
	Unit        scope.Unit
	Name        string // of the Service
	At          model.Path
	Of          *scope.Party
	Ports       []scope.Port // sorted by name
	Selector    map[string]string
	Metallb     bool // which hands out the addresses
	Address     string
	From        []string // who may use it
	Annotations map[string]string
}

// loadBalancer gives ports of one workload an address of the home network.
func (x *exposure) loadBalancer() {
	c := x.Desired.Cluster
	if c.Network.LoadBalancer == "none" {
		x.Error(x.at.Join("loadBalancer"), "expose/no-load-balancer", fmt.Sprintf("the exposure asks for address %s", x.Declared.LoadBalancer), "nothing in this cluster hands out addresses", "declare cluster.network.pools for MetalLB")
	}
	x.inPool(x.at.Join("loadBalancer"), x.Declared.LoadBalancer)
	names := x.Declared.Ports
	if len(names) == 0 && x.Declared.Port != "" {
		names = []string{x.Declared.Port}
	}
	if len(names) == 0 {
		x.Error(x.at, "app/missing-field", fmt.Sprintf("exposure %s names no ports", x.at[3]), "an address serves the ports that are named", `add ports: ["…"]`)
		return
	}
	var to *scope.Party
	var ports []scope.Port
	for i, name := range names {
		w, p, ok := x.PortOf(x.at.Join("ports", fmt.Sprint(i)), x.of.says(), x.of.among, name)
		if !ok {
			return
		}
		if to != nil && to != w {
			x.Error(x.at.Join("ports", fmt.Sprint(i)), "expose/one-workload", fmt.Sprintf("port %s is of %s", name, w.Full), fmt.Sprintf("%s is of %s, and a Service leads to one workload", names[0], to.Full), "make two exposures of it")
			return
		}
		to, ports = w, append(ports, p)
		x.once(addressKey(x.Declared.LoadBalancer, p.Protocol, p.Front()))
	}
	selector := x.selector(to, ports)
	if selector == nil {
		return
	}
	slices.SortFunc(ports, func(a, b scope.Port) int { return cmp.Compare(a.Name, b.Name) })
	from := x.Declared.From
	if len(from) == 0 && c.Network.LAN != "" {
		from = []string{c.Network.LAN}
	}
	if len(from) == 0 {
		x.Error(x.at, "network/no-address", fmt.Sprintf("nobody is named who may use %s", x.Declared.LoadBalancer), "the cluster declares no home network to take for it", "set cluster.network.lan, or from here")
	}
	for _, cidr := range from {
		for _, p := range ports {
			to.Admits(x.block(x.at.Join("from"), cidr), p)
		}
	}
	x.Balancers = append(x.Balancers, &Balancer{
		Unit: x.of.unit, Name: x.name, At: x.at, Of: to, Ports: ports, Selector: selector, Metallb: c.Network.LoadBalancer == "metallb",
		Address: x.Declared.LoadBalancer, From: from, Annotations: x.Declared.Annotations,
	})
}

// selector is that of the pods behind all ports. It reports ports of a chart that
// have no pods by name, or different ones, and then returns nil.
func (x *exposure) selector(to *scope.Party, ports []scope.Port) map[string]string {
	out := to.SelectorAt(ports[0])
	for _, p := range ports {
		at := x.at.Join("ports")
		if len(to.SelectorAt(p)) == 0 {
			x.Error(at, "chart/pods", fmt.Sprintf("address %s leads to service %s of %s", x.Declared.LoadBalancer, p.Name, to.Says()),
				"the chart does not say which pods are behind it, and a Service needs their labels", fmt.Sprintf(`add services: %s: pods: "app.kubernetes.io/name": "…"`, p.Name))
			return nil
		}
		if !maps.Equal(to.SelectorAt(p), out) {
			x.Error(at, "expose/one-workload", fmt.Sprintf("services %s and %s of %s are named here", ports[0].Name, p.Name, to.Says()),
				"different pods are behind them, and a Service leads to one set of pods", "make two exposures of it")
			return nil
		}
	}
	return out
}

// inPool reports an address that no pool has.
func (r Network) inPool(at model.Path, text string) {
	n := r.Desired.Cluster.Network
	addr, err := netip.ParseAddr(text)
	if err != nil {
		r.Error(at, "network/bad-address", fmt.Sprintf("%q is no address", text), "a load balancer has a fixed one", "write it like 192.168.1.241")
		return
	}
	var known []string
	for _, name := range slices.Sorted(maps.Keys(n.Pools)) {
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
		r.Error(at, "expose/outside-pool", fmt.Sprintf("address %s is asked for", addr), finding.Has("this cluster", "pool", known), "choose one of theirs")
	}
}
