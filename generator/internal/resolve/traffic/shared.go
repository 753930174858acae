package traffic

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"

	"stillsuit.dev/finding"
)

// SharedKey is the annotation by which MetalLB knows Services that share an address.
const SharedKey = "metallb.io/allow-shared-ip"

// share has MetalLB give an address to all Services that ask for it, and reports those that
// it would refuse: Services share an address with one key, and either externalTrafficPolicy
// Cluster or the same pods (metallb v0.16.1, internal/allocator/allocator.go, sharingOK, and
// k8salloc, BackendKey). Ports that two of them have are reported already.
func (r *exposures) share() {
	by := map[netip.Addr][]*Balancer{}
	var order []netip.Addr
	for _, b := range r.Balancers {
		address, err := netip.ParseAddr(b.Address)
		if err != nil || !b.Metallb {
			continue
		}
		if by[address] == nil {
			order = append(order, address)
		}
		by[address] = append(by[address], b)
	}
	for _, address := range order {
		all := by[address]
		if len(all) < 2 {
			continue
		}
		key := address.String()
		for _, b := range all { // the user's own is for all of them
			key = cmp.Or(b.Annotations[SharedKey], key)
		}
		for _, b := range all {
			b.SharedKey = key
		}
		if !fit(all) {
			r.unshared(address, all)
		}
	}
}

// fit reports whether MetalLB gives Services one address.
func fit(all []*Balancer) bool {
	alike, cluster := true, 0
	for _, b := range all {
		alike = alike && b.Of.Namespace == all[0].Of.Namespace && maps.Equal(b.Selector, all[0].Selector)
		if b.Cluster != "" {
			cluster++
		}
	}
	return cluster == len(all) || cluster == 0 && alike
}

// unshared reports exposures that cannot share their address, at one that does not take
// requests through any node.
func (r *exposures) unshared(address netip.Addr, all []*Balancer) {
	var names, lack []string
	at := all[0]
	for _, b := range all {
		name := fmt.Sprintf("%s of %s", b.At[3], b.Of.Says())
		names = append(names, name)
		if b.Cluster == "" {
			lack, at = append(lack, name), b
		}
	}
	r.Error(at.At.Join("loadBalancer"), "expose/shared-address", fmt.Sprintf("exposures %s ask for address %s", finding.All(names), address),
		"MetalLB gives one address to Services of different pods only when all of them have externalTrafficPolicy Cluster",
		fmt.Sprintf(`choose another address, or add externalTrafficPolicy: Cluster: "…" with the reason to %s`, finding.All(lack)))
	f := &r.Findings[len(r.Findings)-1]
	for _, b := range all {
		if b != at {
			f.Related = append(f.Related, finding.Related{Place: r.Places.Of(b.At.Join("loadBalancer")), What: "requested here too"})
		}
	}
}
