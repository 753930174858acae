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
	SharedKey   string // the same for all that have the address; "" for one alone
	Cluster     string // why requests may pass through any node; "" when they may not
}

// loadBalancer gives ports of one workload an address of the home network.
func (x *exposure) loadBalancer() {
	c := x.Desired.Cluster
	if c.Network.LoadBalancer == "none" {
		x.Error(x.at.Join("loadBalancer"), "expose/no-load-balancer", fmt.Sprintf("the exposure asks for address %s", x.Declared.LoadBalancer), "nothing in this cluster hands out addresses", "declare cluster.network.pools for MetalLB")
	}
	x.inPool(x.at.Join("loadBalancer"), x.Declared.LoadBalancer)
	to, ports := x.served()
	if to == nil {
		return
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
	cluster := x.Declared.ExternalTrafficPolicy.Cluster
	if cluster != "" {
		x.admitsNodes(to, ports)
	}
	x.Balancers = append(x.Balancers, &Balancer{
		Unit: x.of.unit, Name: x.name, At: x.at, Of: to, Ports: ports, Selector: selector, Metallb: c.Network.LoadBalancer == "metallb",
		Address: x.Declared.LoadBalancer, From: from, Annotations: x.Declared.Annotations, Cluster: cluster,
	})
}

// served are the ports of an address, in the order of names, and whose they are; nil when that is
// reported.
func (x *exposure) served() (*scope.Party, []scope.Port) {
	type named struct {
		name string
		at   model.Path
	}
	var all []named
	for i, name := range x.Declared.Ports {
		all = append(all, named{name, x.at.Join("ports", fmt.Sprint(i))})
	}
	for _, name := range slices.Sorted(maps.Keys(x.Declared.Listen)) {
		if !slices.Contains(x.Declared.Ports, name) {
			all = append(all, named{name, x.at.Join("listen", name)})
		}
	}
	if len(all) == 0 && x.Declared.Port != "" {
		all = []named{{x.Declared.Port, x.at.Join("port")}}
	}
	if len(all) == 0 {
		x.Error(x.at, "app/missing-field", fmt.Sprintf("exposure %s names no ports", x.at[3]), "an address serves the ports that are named", `add ports: ["…"]`)
		return nil, nil
	}
	var to *scope.Party
	var ports []scope.Port
	at := map[string]string{} // names of ports by where they listen
	for _, n := range all {
		w, p, ok := x.PortOf(n.at, x.of.says(), x.of.among, n.name)
		if !ok {
			return nil, nil
		}
		if to != nil && to != w {
			x.Error(n.at, "expose/one-workload", fmt.Sprintf("port %s is of %s", n.name, w.Full), fmt.Sprintf("%s is of %s, and a Service leads to one workload", all[0].name, to.Full), "make two exposures of it")
			return nil, nil
		}
		p.Listens = x.Declared.Listen[n.name]
		listens := fmt.Sprintf("%s port %d", p.Protocol, p.Front())
		if other := at[listens]; other != "" {
			x.Error(n.at, "expose/taken", fmt.Sprintf("port %s of exposure %s listens on %s of the address", n.name, x.at[3], listens), fmt.Sprintf("port %s does too", other), "give one of them another number with listen")
			return nil, nil
		}
		at[listens] = n.name
		to, ports = w, append(ports, p)
		x.once(addressKey(x.Declared.LoadBalancer, p.Protocol, p.Front()))
	}
	return to, ports
}

// admitsNodes lets all nodes reach ports: one that takes a request for pods of another node
// puts its own address in place of the client's
// (kubernetes.io/docs/tutorials/services/source-ip).
func (x *exposure) admitsNodes(to *scope.Party, ports []scope.Port) {
	nodes := slices.Sorted(maps.Keys(x.Desired.Cluster.Nodes))
	for _, p := range ports {
		if !x.letsNodes(nodes, to, p, entityNode) && len(nodes) > 0 {
			x.Error(x.at.Join("externalTrafficPolicy"), "network/no-address", fmt.Sprintf("requests to exposure %s may pass through any node", x.at[3]), "no node has an address here to admit them from", "add address to the nodes")
			return
		}
	}
}

// selector is that of the pods behind all ports. It reports ports of a chart that
// have no pods by name, or different ones, and then returns nil.
func (x *exposure) selector(to *scope.Party, ports []scope.Port) map[string]string {
	out := to.SelectorAt(ports[0])
	for _, p := range ports {
		at := x.at.Join("ports")
		if len(to.SelectorAt(p)) == 0 {
			x.Error(at, "chart/pods", fmt.Sprintf("exposure %s leads to service %s of %s", x.at[3], p.Name, to.Says()),
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
			return // reported with the cluster; the address may be meant for it
		}
		if first.Compare(addr) <= 0 && addr.Compare(last) <= 0 {
			return
		}
		known = append(known, fmt.Sprintf("%s (%s)", name, n.Pools[name]))
	}
	if n.LoadBalancer == "metallb" {
		r.Error(at, "expose/outside-pool", fmt.Sprintf("address %s is in no pool", addr), finding.Has("this cluster", "pool", known), "choose one of theirs")
	}
}
