package render

import (
	"strconv"
	"strings"

	"stillsuit.dev/generator/model"
)

// ingress serves hosts through the cluster's ingress controller.
func (x *exposure) ingress() {
	to, ok := x.target()
	if !ok {
		return
	}
	c := x.d.Cluster
	hosts := x.hosts(c.Domain)
	out := x.route(to, c.Ingress.Class, model.Peer{Namespace: c.Ingress.Namespace, Pods: c.Ingress.Pods})
	x.serve(out, hosts)
	if authority := x.authority(hosts); authority != "" {
		out.tls = &routeTLS{authority: authority, secret: x.name + "-tls"}
		x.solves(to.namespace, authority, x.at)
	}
	if c.Ingress.Class == "traefik" {
		out.entrypoints = c.Ingress.Entrypoints
		if len(out.entrypoints) == 0 {
			out.entrypoints = []string{map[bool]string{true: "websecure", false: "web"}[out.tls != nil]}
		}
		out.middlewares = x.middlewares()
	}
	x.lead(out)
}

// authority is the one that signs for the hosts: the named one, or that with
// the longest domain that holds the first host.
func (x *exposure) authority(hosts []string) string {
	certificates := x.d.Cluster.Certificates
	if x.Certificate != "" {
		_, _ = declared(x, certificates, x.Certificate, "is signed by", "cluster.certificates", "certificate") // or it says so
		return x.Certificate
	}
	best, length := "", 0
	for _, name := range sorted(certificates) {
		for _, domain := range certificates[name].Domains {
			if len(hosts) > 0 && (hosts[0] == domain || strings.HasSuffix(hosts[0], "."+domain)) && len(domain) > length {
				best, length = name, len(domain)
			}
		}
	}
	return best
}

// middlewares are those that the exposure names, in its order.
func (x *exposure) middlewares() []middlewareRef {
	var refs []middlewareRef
	for i, name := range x.Middlewares {
		if m, ok := declared(x, x.d.Cluster.Ingress.Middlewares, name, "runs middleware", "cluster.ingress.middlewares", "middlewares", strconv.Itoa(i)); ok {
			refs = append(refs, middlewareRef{x.middlewareNamespace(m), name})
		}
	}
	return refs
}
