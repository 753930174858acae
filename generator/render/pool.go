package render

import (
	"fmt"
	"net/netip"

	"stillsuit.dev/generator/model"
)

// pool is a range of addresses that load balancers get.
type pool struct {
	unit      unit
	at        model.Path
	name      string
	namespace string // of MetalLB
	addresses string // as MetalLB writes them
}

// pools are those that MetalLB is told.
func (r facts) pools() []*pool {
	n := r.d.Cluster.Network
	at := pathPools
	r.overlapping(at, n.Pools)
	if len(n.Pools) == 0 || n.LoadBalancer != "metallb" {
		return nil
	}
	c := r.providerOf(groupMetalLB, at, "pools are declared")
	if c == nil {
		return nil
	}
	var out []*pool
	for _, name := range sorted(n.Pools) {
		if addresses, ok := poolText(n.Pools[name]); ok { // else reported with the cluster
			out = append(out, &pool{unit: c.config(), at: at.Join(name), name: name, namespace: c.Namespace, addresses: addresses})
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
func (r facts) overlapping(at model.Path, pools map[string]string) {
	names := sorted(pools)
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
