package facts

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Pool is a range of addresses that load balancers get.
type Pool struct {
	Unit      scope.Unit
	At        model.Path
	Name      string
	Namespace string // of MetalLB
	Addresses string // as MetalLB writes them
}

// pools are those that MetalLB is told.
func (r Facts) pools() []*Pool {
	n := r.Desired.Cluster.Network
	at := PathPools
	r.overlapping(at, n.Pools)
	if len(n.Pools) == 0 || n.LoadBalancer != "metallb" {
		return nil
	}
	c := r.ProviderOf(kinds.GroupMetalLB, at, "pools are declared")
	if c == nil {
		return nil
	}
	var out []*Pool
	for _, name := range slices.Sorted(maps.Keys(n.Pools)) {
		if addresses, ok := poolText(n.Pools[name]); ok { // else reported with the cluster
			out = append(out, &Pool{Unit: c.Config(), At: at.Join(name), Name: name, Namespace: c.Declared.Namespace, Addresses: addresses})
		}
	}
	return out
}

// poolText is a pool as MetalLB writes it.
func poolText(text string) (string, bool) {
	if prefix, err := netip.ParsePrefix(text); err == nil {
		return prefix.Masked().String(), true
	}
	first, last, err := model.Range(text)
	return fmt.Sprintf("%s-%s", first, last), err == nil
}

// overlapping reports pools that share addresses: MetalLB would refuse the second.
func (r Facts) overlapping(at model.Path, pools map[string]string) {
	names := slices.Sorted(maps.Keys(pools))
	for i, name := range names {
		first, last, err := model.Range(pools[name])
		if err != nil {
			continue
		}
		for _, other := range names[:i] {
			from, to, err := model.Range(pools[other])
			if err == nil && first.Compare(to) <= 0 && from.Compare(last) <= 0 {
				r.Error(at.Join(name), "network/pools", fmt.Sprintf("pool %s is %s", name, pools[name]), fmt.Sprintf("pool %s (%s) has some of these addresses", other, pools[other]), "give each address to one of them")
			}
		}
	}
}
