package exposure

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// The prefixes of MetalLB's annotations, the first of which is its API group too; the second
// is deprecated and still read (metallb v0.16.1, controller/service.go).
const (
	metalLB           = "metallb.io"
	deprecatedMetalLB = "metallb.universe.tf"
)

// taker is a Service that asks MetalLB for an address.
type taker struct {
	*corev1.Service
	object *manifest.Object
	at     inventory.Spot // of the address
}

// wanted is an address, of the load balancer with a class.
type wanted struct {
	netip.Addr
	class string
}

// addresses reports Services that do not get the address that they ask MetalLB for, because
// another has it.
func (c check) addresses() {
	takers := map[wanted][]taker{}
	var order []wanted
	hands := c.hasMetalLB()
	for _, o := range c.Objects {
		s, is := o.Value.(*corev1.Service)
		if !is || s.Spec.Type != corev1.ServiceTypeLoadBalancer {
			continue
		}
		text, key, annotated := annotation(s, "loadBalancerIPs")
		at := inventory.Spot{Object: o, Keys: []string{"metadata", "annotations", key}, Path: []string{"loadBalancer"}}
		if !annotated && hands {
			text, at.Keys = s.Spec.LoadBalancerIP, []string{"spec", "loadBalancerIP"}
		}
		for one := range strings.SplitSeq(text, ",") {
			address, err := netip.ParseAddr(strings.TrimSpace(one))
			if err != nil { // it is refused where it stands, or not known here
				continue
			}
			w := wanted{Addr: address.Unmap()}
			if s.Spec.LoadBalancerClass != nil {
				w.class = *s.Spec.LoadBalancerClass
			}
			if takers[w] == nil {
				order = append(order, w)
			}
			takers[w] = append(takers[w], taker{s, o, at})
		}
	}
	for _, w := range order { // that of the objects
		c.shared(w.Addr, takers[w])
	}
}

// hasMetalLB reports whether MetalLB is what hands out addresses, as far as the tree tells.
func (c check) hasMetalLB() bool {
	if c.Cluster != nil {
		return c.Cluster.Network.LoadBalancer == "metallb"
	}
	return slices.ContainsFunc(c.Objects, func(o *manifest.Object) bool { return o.Group == metalLB })
}

// annotation is one of MetalLB's, and its key.
func annotation(s *corev1.Service, name string) (value, key string, ok bool) {
	for _, prefix := range []string{metalLB, deprecatedMetalLB} {
		key = prefix + "/" + name
		if value, ok = s.Annotations[key]; ok {
			return value, key, true
		}
	}
	return "", "", false
}

// shared reports what keeps Services from sharing an address: in their order, since MetalLB
// compares each with those that have it already (metallb v0.16.1,
// internal/allocator/allocator.go, sharingOK and checkSharing).
func (c check) shared(address netip.Addr, all []taker) {
	for i, t := range all[1:] {
		for _, other := range all[:i+1] {
			if why, fix := refuses(other, t); why != "" {
				f := finding.Finding{
					Code: codeAddress, Severity: finding.Error,
					Problem: fmt.Sprintf("%s asks for address %s, which %s has", t.object.DisplayName(), address, other.object.DisplayName()), Detail: why, Fix: fix,
				}
				if place, _ := c.Places.Locate(other.at); !place.IsZero() {
					f.Related = []finding.Related{{Place: place, What: "requested here first"}}
				}
				c.Report(t.at, f)
				break
			}
		}
	}
}

// refuses says why MetalLB does not give a Service the address of another, and what to do
// about it; "" when it does.
func refuses(has, asks taker) (why, fix string) {
	for _, p := range asks.Spec.Ports {
		if slices.ContainsFunc(has.Spec.Ports, func(q corev1.ServicePort) bool { return p.Port == q.Port && protocol(p) == protocol(q) }) {
			return fmt.Sprintf("both listen on %s port %d there", protocol(p), p.Port), "choose another address or port"
		}
	}
	one, _, _ := annotation(has.Service, "allow-shared-ip")
	two, _, _ := annotation(asks.Service, "allow-shared-ip")
	key := fmt.Sprintf("give both of them the annotation %s/allow-shared-ip with the same value", metalLB)
	cluster := key + " and externalTrafficPolicy: Cluster, or choose another address"
	alike := has.Namespace == asks.Namespace && labels.Set(has.Spec.Selector).String() == labels.Set(asks.Spec.Selector).String()
	local := func(t taker) bool {
		return t.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
	}
	switch {
	case local(has) != local(asks):
		return "one of them has externalTrafficPolicy Local, and the other has Cluster", cluster
	case local(has) && !alike:
		return "both have externalTrafficPolicy Local and lead to different pods, and MetalLB sends requests to nodes with the pods of one of them", cluster
	case one == "" || one != two:
		return "MetalLB gives an address to several Services only when they have the same sharing key", key
	}
	return "", ""
}

// protocol is that of a port, with what the API server fills in.
func protocol(p corev1.ServicePort) corev1.Protocol { return cmp.Or(p.Protocol, corev1.ProtocolTCP) }
