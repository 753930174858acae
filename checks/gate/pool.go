package gate

import (
	"maps"
	"net/netip"
	"slices"

	"stillsuit.dev/generator/model"
)

// pools compares the addresses that load balancers get.
func (c facts) pools() {
	base, head := c.base.Cluster, c.head.Cluster
	was := ranges(base.Network.Pools)
	for _, name := range slices.Sorted(maps.Keys(head.Network.Pools)) {
		first, last, err := model.Range(head.Network.Pools[name])
		if err != nil || len(was) == 0 {
			continue // told by the render; and nothing was bounded
		}
		if !slices.ContainsFunc(was, func(b [2]netip.Addr) bool { return b[0].Compare(first) <= 0 && last.Compare(b[1]) <= 0 }) {
			c.same(fact("network", "pools", name), "load balancers may take "+head.Network.Pools[name], "no pool has all of that")
		}
	}
}

// ranges are the first and last addresses of pools.
func ranges(pools map[string]string) [][2]netip.Addr {
	var out [][2]netip.Addr
	for _, text := range pools {
		if first, last, err := model.Range(text); err == nil {
			out = append(out, [2]netip.Addr{first, last})
		}
	}
	return out
}
