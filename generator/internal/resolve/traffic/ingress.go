package traffic

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/generator/model"
)

// ingress serves hosts through the cluster's ingress controller.
func (x *exposure) ingress() {
	to, ok := x.target()
	c := x.Desired.Cluster
	if !ok || !x.speaks(c.Ingress.Class) {
		return
	}
	hosts := x.hosts(c.Domain)
	out := x.route(to, c.Ingress.Class, model.Peer{Namespace: c.Ingress.Namespace, Pods: c.Ingress.Pods})
	if !x.front(out) {
		return
	}
	if out.Front != nil {
		out.Front.Transport = x.transport()
	}
	x.serve(out, hosts)
	if authority := x.authority(hosts); authority != "" {
		out.TLS = &RouteTLS{Authority: authority, Secret: x.name + "-tls"}
		x.solves(to.Namespace, authority, x.at)
	}
	if c.Ingress.Class == "traefik" {
		out.Entrypoints = c.Ingress.Entrypoints
		if len(out.Entrypoints) == 0 {
			out.Entrypoints = []string{map[bool]string{true: "websecure", false: "web"}[out.TLS != nil]}
		}
		out.Middlewares = x.middlewares()
	}
	x.lead(out)
}

// authority is the one that signs for the hosts: the named one, or that with
// the longest domain that holds the first host.
func (x *exposure) authority(hosts []string) string {
	certificates := x.Desired.Cluster.Certificates
	if x.Declared.Certificate != "" {
		_, _ = declared(x, certificates, x.Declared.Certificate, "is signed by", "cluster.certificates", "certificate") // or it says so
		return x.Declared.Certificate
	}
	best, length := "", 0
	for _, name := range slices.Sorted(maps.Keys(certificates)) {
		for _, domain := range certificates[name].Domains {
			if len(hosts) > 0 && (hosts[0] == domain || strings.HasSuffix(hosts[0], "."+domain)) && len(domain) > length {
				best, length = name, len(domain)
			}
		}
	}
	return best
}

// middlewares are those that the exposure names, in its order.
func (x *exposure) middlewares() []MiddlewareRef {
	var refs []MiddlewareRef
	for i, name := range x.Declared.Middlewares {
		if m, ok := declared(x, x.Desired.Cluster.Ingress.Middlewares, name, "runs middleware", "cluster.ingress.middlewares", "middlewares", strconv.Itoa(i)); ok {
			refs = append(refs, MiddlewareRef{x.MiddlewareNamespace(m), name})
		}
	}
	return refs
}
