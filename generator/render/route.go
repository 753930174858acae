package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/generator/model"
)

// route is a way in by hosts: what asks for one of them, below a path, is led to a
// port of an app or chart. It says nothing of the API object that carries it.
type route struct {
	unit        unit
	name        string // of that object: <app>-<exposure>
	at          model.Path
	hosts       []string // in full, sorted
	short       []string // in place of hosts: those that the class makes full names of
	path        string   // "" for every path
	backend     backend
	class       string
	tls         *routeTLS // nil when this cluster's authorities sign for none of the hosts
	entrypoints []string  // none for those of the class
	middlewares []middlewareRef
	annotations map[string]string // as they are declared
	from        model.Peer        // the pods that requests come from
}

// backend is where a route leads.
type backend struct {
	*party
	port port
}

// routeTLS is who signs for the hosts of a route, and the Secret with what was signed.
type routeTLS struct{ authority, secret string }

// middlewareRef names a middleware.
type middlewareRef struct{ namespace, name string }

// prefix is the path below which the route leads somewhere.
func (x *route) prefix() string { return cmp.Or(x.path, "/") }

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

// mesh serves hosts in a private network.
func (x *exposure) mesh() {
	mesh, ok := declared(x, x.d.Cluster.Meshes, x.Mesh, "is in mesh", "cluster.meshes", "mesh")
	if !ok {
		return
	}
	to, ok := x.target()
	if !ok {
		return
	}
	out := x.route(to, mesh.Class, model.Peer{Namespace: mesh.Namespace, Pods: mesh.Pods})
	if mesh.Domain != "" {
		x.serve(out, x.hosts(mesh.Domain))
	} else { // the mesh makes the full name from the first one
		out.short = slices.Concat(x.Hosts, nonEmpty(x.Host))
		for _, host := range out.short {
			x.once("host", host+" in mesh "+x.Mesh)
		}
	}
	x.lead(out)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// route is the exposure as one, without hosts.
func (x *exposure) route(to backend, class string, from model.Peer) *route {
	return &route{unit: x.of.unit, name: x.name, at: x.at, path: x.Path, backend: to, class: class, annotations: x.Annotations, from: from}
}

// serve gives a route its hosts, each once in the cluster and path.
func (x *exposure) serve(out *route, hosts []string) {
	out.hosts = hosts
	for _, host := range hosts {
		x.once("host", host+out.prefix())
	}
}

// lead takes a route, and opens the way that it goes.
func (x *exposure) lead(out *route) {
	x.opens(x.at, out.from, out.backend.party, out.backend.port)
	x.routes = append(x.routes, out)
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
