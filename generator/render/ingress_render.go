package render

import (
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
)

// ingress is the Ingress that carries a route.
func ingress(x *route) []made {
	ing := &networkingv1.Ingress{ObjectMeta: x.backend.meta(x.name), Spec: networkingv1.IngressSpec{IngressClassName: ptr(x.class)}}
	ing.Annotations = with(with(nil, x.annotations), ingressAnnotations(x))
	for _, host := range x.hosts {
		ing.Spec.Rules = append(ing.Spec.Rules, ingressRule(x, host))
	}
	switch {
	case len(x.short) > 0:
		if x.path == "" {
			ing.Spec.DefaultBackend = ingressBackend(x.backend)
		} else {
			ing.Spec.Rules = []networkingv1.IngressRule{ingressRule(x, "")}
		}
		ing.Spec.TLS = []networkingv1.IngressTLS{{Hosts: x.short}}
	case x.tls != nil:
		ing.Spec.TLS = []networkingv1.IngressTLS{{Hosts: x.hosts, SecretName: x.tls.secret}}
	}
	return []made{of(x.unit, kindIngress, ing, x.at)}
}

// ingressAnnotations say what an Ingress has no fields for, to cert-manager and to Traefik.
func ingressAnnotations(x *route) map[string]string {
	out := map[string]string{}
	if x.tls != nil {
		out["cert-manager.io/cluster-issuer"] = x.tls.authority
	}
	if len(x.entrypoints) > 0 {
		out["traefik.ingress.kubernetes.io/router.entrypoints"] = strings.Join(x.entrypoints, ",")
	}
	var refs []string
	for _, m := range x.middlewares {
		refs = append(refs, m.namespace+"-"+m.name+"@kubernetescrd")
	}
	if len(refs) > 0 {
		out["traefik.ingress.kubernetes.io/router.middlewares"] = strings.Join(refs, ",")
	}
	return out
}

func ingressRule(x *route, host string) networkingv1.IngressRule {
	return networkingv1.IngressRule{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{
		HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
			Path: x.prefix(), PathType: ptr(networkingv1.PathTypePrefix), Backend: *ingressBackend(x.backend),
		}}},
	}}
}

func ingressBackend(b backend) *networkingv1.IngressBackend {
	if s := b.port.service; s != nil { // how a chart names the ports of its Services is not known
		return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: s.name, Port: networkingv1.ServiceBackendPort{Number: s.port}}}
	}
	return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: b.full, Port: networkingv1.ServiceBackendPort{Name: b.port.name}}}
}
