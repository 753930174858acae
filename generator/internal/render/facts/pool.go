// Package facts makes the objects that tell controllers the facts of a cluster.
package facts

import (
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/facts"
)

// AddressPool is the used part of MetalLB's IPAddressPool (v1beta1).
type AddressPool struct {
	Addresses  []string `json:"addresses"`
	AutoAssign bool     `json:"autoAssign"`
}

// advertisement is the used part of MetalLB's L2Advertisement (v1beta1).
type advertisement struct {
	Pools []string `json:"ipAddressPools"`
}

// AddressPools tell MetalLB which addresses it may hand out, and to answer for them in
// the home network. No address is handed out that nobody names.
func AddressPools(pools []*facts.Pool) []object.Made {
	var out []object.Made
	for _, x := range pools {
		m := object.FactMeta(x.Namespace, x.Name)
		out = append(out,
			object.OfCustom(x.Unit, kinds.AddressPool, m, AddressPool{Addresses: []string{x.Addresses}}, x.At),
			object.OfCustom(x.Unit, kinds.Advertisement, m, advertisement{Pools: []string{x.Name}}, x.At))
	}
	return out
}
