package render

import (
	"cmp"

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
