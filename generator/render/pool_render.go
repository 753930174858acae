package render

// addressPool is the used part of MetalLB's IPAddressPool (v1beta1).
type addressPool struct {
	Addresses  []string `json:"addresses"`
	AutoAssign bool     `json:"autoAssign"`
}

// advertisement is the used part of MetalLB's L2Advertisement (v1beta1).
type advertisement struct {
	Pools []string `json:"ipAddressPools"`
}

// addressPools tell MetalLB which addresses it may hand out, and to answer for them in
// the home network. No address is handed out that nobody names.
func addressPools(pools []*pool) []made {
	var out []made
	for _, x := range pools {
		m := factMeta(x.namespace, x.name)
		out = append(out,
			ofCustom(x.unit, kindAddressPool, m, addressPool{Addresses: []string{x.addresses}}, x.at),
			ofCustom(x.unit, kindAdvertisement, m, advertisement{Pools: []string{x.name}}, x.at))
	}
	return out
}
