package network

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/inventory"
)

// groupMetalLB is the API group of MetalLB's pools.
const groupMetalLB = "metallb.io"

// addressPool is what is read of an IPAddressPool.
type addressPool struct {
	Spec struct {
		AutoAssign *bool `json:"autoAssign"`
	} `json:"spec"`
}

// pending reports Services of type LoadBalancer that never get an address: MetalLB gives
// none out of pools with autoAssign: false unless the Service asks for it (MetalLB
// internal/allocator, Allocate; controller/service.go has the annotations). Where another
// program hands out addresses too, nothing is known.
func pending(pass *checks.Pass) {
	var pools []string
	for _, o := range pass.Objects {
		switch {
		case o.Group == "cilium.io" && o.Kind == "CiliumLoadBalancerIPPool":
			return
		case o.Group == groupMetalLB && o.Kind == "IPAddressPool":
			pool, err := inventory.Read[addressPool](o)
			if err != nil || pool.Spec.AutoAssign == nil || *pool.Spec.AutoAssign {
				return
			}
			pools = append(pools, o.Name)
		}
	}
	if len(pools) == 0 {
		return
	}
	for _, o := range pass.Objects {
		s, is := o.Value.(*corev1.Service)
		if !is || s.Spec.Type != corev1.ServiceTypeLoadBalancer || s.Spec.LoadBalancerIP != "" || asks(s.Annotations) ||
			s.Spec.LoadBalancerClass != nil && !strings.HasPrefix(*s.Spec.LoadBalancerClass, "metallb") {
			continue
		}
		pass.Warn(inventory.Spot{Object: o, Keys: []string{"spec", "type"}}, codeNoAddress,
			fmt.Sprintf("Service %s/%s of type LoadBalancer never gets an address", o.Namespace, o.Name),
			fmt.Sprintf("no pool assigns one by itself: %s", strings.Join(pools, ", ")), "Add the annotation metallb.io/loadBalancerIPs with an address of a pool.")
	}
}

// asks reports whether annotations ask MetalLB for an address or a pool.
func asks(annotations map[string]string) bool {
	for _, prefix := range []string{groupMetalLB, "metallb.universe.tf"} {
		if slices.ContainsFunc([]string{"/loadBalancerIPs", "/address-pool"}, func(name string) bool { return annotations[prefix+name] != "" }) {
			return true
		}
	}
	return false
}
