package exposure

import (
	"fmt"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// What the Tailscale operator answers to: its ingress class, the controller of that, and the
// annotation of Services (tailscale v1.98.9, cmd/k8s-operator/ingress.go and svc.go).
const (
	tailscaleClass      = "tailscale"
	tailscaleController = "tailscale.com/ts-ingress"
	tailscaleExpose     = "tailscale.com/expose"
)

// traefikNative has Traefik send requests to the address of the Service rather than to its
// pods (traefik v3.7.9, pkg/provider/kubernetes/ingress/kubernetes.go,
// getNativeServiceAddress).
const traefikNative = "traefik.ingress.kubernetes.io/service.nativelb"

// headless reports Services without an address behind what needs one.
func (c check) headless() {
	services := map[manifest.ID]*corev1.Service{}
	controllers := map[string]string{} // by class
	for _, o := range c.Objects {
		switch v := o.Value.(type) {
		case *corev1.Service:
			services[o.ID] = v
			c.native(o, v)
		case *networkingv1.IngressClass:
			controllers[v.Name] = v.Spec.Controller
		}
	}
	for _, o := range c.Objects {
		ing, is := o.Value.(*networkingv1.Ingress)
		if !is || ing.Spec.IngressClassName == nil {
			continue
		}
		class := *ing.Spec.IngressClassName
		if controller, known := controllers[class]; known && controller != tailscaleController || !known && class != tailscaleClass {
			continue
		}
		for _, b := range backends(ing) {
			s := services[manifest.ID{Kind: "Service", Namespace: ing.Namespace, Name: b.name}]
			if s != nil && s.Spec.ClusterIP == corev1.ClusterIPNone {
				c.Error(inventory.Spot{Object: o, Keys: b.at}, codeHeadless,
					fmt.Sprintf("%s leads to the headless Service %s (clusterIP: None)", o.DisplayName(), b.name),
					"the Tailscale operator leaves out paths that lead to one, and nothing answers there",
					"make a second Service for the same pods, without clusterIP: None, and lead to that")
			}
		}
	}
}

// native reports a headless Service whose own address is to be used.
func (c check) native(o *manifest.Object, s *corev1.Service) {
	if s.Spec.ClusterIP != corev1.ClusterIPNone {
		return
	}
	for _, x := range []struct{ annotation, who string }{
		{tailscaleExpose, "the Tailscale operator does not expose a Service without an address"},
		{traefikNative, "Traefik is to send requests to its address, and refuses it"},
	} {
		if s.Annotations[x.annotation] == "true" {
			c.Error(inventory.Spot{Object: o, Keys: []string{"metadata", "annotations", x.annotation}}, codeHeadless,
				fmt.Sprintf("%s is headless (clusterIP: None) and has the annotation %s", o.DisplayName(), x.annotation), x.who,
				"put the annotation on a second Service for the same pods, without clusterIP: None")
		}
	}
}

// leadsTo is the name of a Service, and where an Ingress has it.
type leadsTo struct {
	name string
	at   []string
}

// backends are the Services that an Ingress leads to, each once.
func backends(ing *networkingv1.Ingress) []leadsTo {
	var out []leadsTo
	known := map[string]bool{}
	add := func(b *networkingv1.IngressBackend, at ...string) {
		if b != nil && b.Service != nil && !known[b.Service.Name] {
			known[b.Service.Name] = true
			out = append(out, leadsTo{b.Service.Name, append(at, "service", "name")})
		}
	}
	add(ing.Spec.DefaultBackend, "spec", "defaultBackend")
	for i, rule := range ing.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for j := range rule.HTTP.Paths {
			add(&rule.HTTP.Paths[j].Backend, "spec", "rules", strconv.Itoa(i), "http", "paths", strconv.Itoa(j), "backend")
		}
	}
	return out
}
