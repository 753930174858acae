package traffic

import (
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/traffic"
)

// Ingress is the Ingress that carries a route.
func Ingress(x *traffic.Route) []object.Made {
	ing := &networkingv1.Ingress{ObjectMeta: x.Backend.Meta(x.Name), Spec: networkingv1.IngressSpec{IngressClassName: ptr.To(x.Class)}}
	ing.Annotations = labels.With(labels.With(nil, x.Annotations), ingressAnnotations(x))
	for _, host := range x.Hosts {
		ing.Spec.Rules = append(ing.Spec.Rules, ingressRule(x, host))
	}
	switch {
	case len(x.Short) > 0:
		if x.Path == "" {
			ing.Spec.DefaultBackend = ingressBackend(x)
		} else {
			ing.Spec.Rules = []networkingv1.IngressRule{ingressRule(x, "")}
		}
		ing.Spec.TLS = []networkingv1.IngressTLS{{Hosts: x.Short}}
	case x.TLS != nil:
		ing.Spec.TLS = []networkingv1.IngressTLS{{Hosts: x.Hosts, SecretName: x.TLS.Secret}}
	}
	out := []object.Made{object.Of(x.Unit, kinds.Ingress, ing, x.At)}
	if x.Front != nil {
		out = append(out, front(x)...)
	}
	return out
}

// ingressAnnotations say what an Ingress has no fields for, to cert-manager and to Traefik.
func ingressAnnotations(x *traffic.Route) map[string]string {
	out := map[string]string{}
	if x.TLS != nil {
		out["cert-manager.io/cluster-issuer"] = x.TLS.Authority
	}
	if len(x.Entrypoints) > 0 {
		out["traefik.ingress.kubernetes.io/router.entrypoints"] = strings.Join(x.Entrypoints, ",")
	}
	var refs []string
	for _, m := range x.Middlewares {
		refs = append(refs, m.Namespace+"-"+m.Name+"@kubernetescrd")
	}
	if len(refs) > 0 {
		out["traefik.ingress.kubernetes.io/router.middlewares"] = strings.Join(refs, ",")
	}
	return out
}

func ingressRule(x *traffic.Route, host string) networkingv1.IngressRule {
	return networkingv1.IngressRule{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{
		HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{{
			Path: x.Prefix(), PathType: ptr.To(networkingv1.PathTypePrefix), Backend: *ingressBackend(x),
		}}},
	}}
}

func ingressBackend(x *traffic.Route) *networkingv1.IngressBackend {
	b := x.Backend
	if f := x.Front; f != nil {
		return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: f.Name, Port: networkingv1.ServiceBackendPort{Name: f.PortName}}}
	}
	if s := b.Port.Service; s != nil { // how a chart names the ports of its Services is not known
		return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: s.Name, Port: networkingv1.ServiceBackendPort{Number: s.Port}}}
	}
	return &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: b.Full, Port: networkingv1.ServiceBackendPort{Name: b.Port.Name}}}
}
