package network

import (
	"fmt"
	"net/netip"
	"slices"

	"stillsuit.dev/generator/model"
)

// strangers is what must not reach the ports that others reach: a pod that nothing names,
// another machine at home, and nodes that are not among those that must.
func (c *cast) strangers(rows []row) []row {
	var out []row
	seen := map[string][]row{}
	var order []string
	for _, r := range rows {
		if r.of == nil || r.of.host || slices.Contains(model.SystemNamespaces(), r.of.namespace) {
			continue
		}
		key := fmt.Sprintf("%s %d %s", r.of, r.at.number, r.at.protocol)
		if seen[key] == nil {
			order = append(order, key)
		}
		seen[key] = append(seen[key], r)
	}
	pod := pods{namespace: "stranger", labels: set{}}
	for _, key := range order {
		known := seen[key]
		r := known[0]
		add := func(from end) {
			out = append(out, row{"stranger", from, r.to, r.at, false, r.spot, r.of})
		}
		if !slices.ContainsFunc(known, func(k row) bool { return k.from.within.IsValid() && k.from.within.Overlaps(c.pods) }) {
			add(end{name: "any other pod", pods: &pod})
		}
		if home := c.home(); home.IsValid() && !slices.ContainsFunc(known, func(k row) bool { return k.from.holds(home) }) {
			add(end{name: "another machine at home", address: home})
		}
		for _, name := range c.NodeNames() {
			ends, loose := c.nodeEnds(name, r.of.nodes)
			for _, e := range ends {
				if !loose && !slices.ContainsFunc(known, func(k row) bool {
					return k.from.address == e.address && k.from.address.IsValid() || k.from.holds(e.address)
				}) && e.address.IsValid() {
					add(e)
				}
			}
		}
	}
	return out
}

// holds reports whether an end may have an address.
func (e end) holds(address netip.Addr) bool {
	return e.address == address && address.IsValid() || e.within.IsValid() && e.within.Contains(address)
}

// home is the last address of the home network, unless a node has it.
func (c *cast) home() netip.Addr {
	lan, err := netip.ParsePrefix(c.Cluster.Network.LAN)
	if err != nil {
		return netip.Addr{}
	}
	_, last, err := model.Range(lan.Masked().String())
	if err != nil || !lan.Addr().Is4() {
		return netip.Addr{}
	}
	for last = last.Prev(); lan.Contains(last); last = last.Prev() { // the very last one is the broadcast address
		taken := false
		for _, n := range c.Nodes {
			taken = taken || n.Address == last.String()
		}
		if !taken {
			return last
		}
	}
	return netip.Addr{}
}
