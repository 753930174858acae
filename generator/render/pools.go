package render

import (
	"fmt"
	"net/netip"

	"stillsuit.dev/generator/model"
)

// groupMetalLB is MetalLB's API group.
const groupMetalLB = "metallb.io"

// addressPool is the used part of MetalLB's IPAddressPool (v1beta1).
type addressPool struct {
	Addresses  []string `json:"addresses"`
	AutoAssign bool     `json:"autoAssign"`
}

// advertisement is the used part of MetalLB's L2Advertisement (v1beta1).
type advertisement struct {
	Pools []string `json:"ipAddressPools"`
}

// pools tells MetalLB which addresses it may hand out, and to answer for them in
// the home network. No address is handed out that nobody names.
func (r *renderer) pools() {
	n := r.d.Cluster.Network
	at := model.Path{"cluster", "network", "pools"}
	r.overlapping(at, n.Pools)
	if len(n.Pools) == 0 || n.LoadBalancer != "metallb" {
		return
	}
	c := r.providerOf(groupMetalLB, at, "pools are declared")
	if c == nil {
		return
	}
	for _, name := range sorted(n.Pools) {
		addresses, ok := poolText(n.Pools[name])
		if !ok {
			continue // reported with the cluster
		}
		m := factMeta(c.Namespace, name)
		addCustom(r, c.config(), kindAddressPool, m, addressPool{Addresses: []string{addresses}}, at.Join(name))
		addCustom(r, c.config(), kindAdvertisement, m, advertisement{Pools: []string{name}}, at.Join(name))
	}
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
func (r *scope) overlapping(at model.Path, pools map[string]string) {
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
