package traffic

import (
	"cmp"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Route is a way in by hosts: what asks for one of them, below a path, is led to a
// port of an app or chart. It says nothing of the API object that carries it.
type Route struct {
	Unit        scope.Unit
	Name        string // of that object: <app>-<exposure>
	At          model.Path
	Hosts       []string // in full, sorted
	Short       []string // in place of hosts: those that the class makes full names of
	Path        string   // "" for every path
	Backend     Backend
	Front       *Front // nil where the Service of the backend will do
	Class       string
	TLS         *RouteTLS // nil when this cluster's authorities sign for none of the hosts
	Entrypoints []string  // none for those of the class
	Middlewares []MiddlewareRef
	Annotations map[string]string // as they are declared
	From        model.Peer        // the pods that requests come from
}

// Backend is where a route leads.
type Backend struct {
	*scope.Party
	Port scope.Port
}

// RouteTLS is who signs for the hosts of a route, and the Secret with what was signed.
type RouteTLS struct{ Authority, Secret string }

// MiddlewareRef names a middleware.
type MiddlewareRef struct{ Namespace, Name string }

// Prefix is the path below which the route leads somewhere.
func (x *Route) Prefix() string { return cmp.Or(x.Path, "/") }

// route is the exposure as one, without hosts.
func (x *exposure) route(to Backend, class string, from model.Peer) *Route {
	return &Route{Unit: x.of.unit, Name: x.name, At: x.at, Path: x.Declared.Path, Backend: to, Class: class, Annotations: x.Declared.Annotations, From: from}
}

// serve gives a route its hosts, each once in the cluster and path.
func (x *exposure) serve(out *Route, hosts []string) {
	out.Hosts = hosts
	for _, host := range hosts {
		x.once("host " + host + out.Prefix())
	}
}

// lead takes a route, and opens the way that it goes.
func (x *exposure) lead(out *Route) {
	x.opens(x.at, out.From, out.Backend.Party, out.Backend.Port)
	x.Routes = append(x.Routes, out)
}
