package facts

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Middleware is one that is written here.
type Middleware struct {
	Unit      scope.Unit
	At        model.Path
	Name      string
	Namespace string
	Spec      map[string]any
}

// middlewares are those that are written here. Traefik's own kinds come with it, from
// K3s or from a chart.
func (r Facts) middlewares() []*Middleware {
	var out []*Middleware
	ingress, at := r.Desired.Cluster.Ingress, PathMiddlewares
	for _, name := range slices.Sorted(maps.Keys(ingress.Middlewares)) {
		m, at := ingress.Middlewares[name], at.Join(name)
		if m.Spec == nil {
			continue
		}
		var in scope.Unit
		if r.Providers[kinds.GroupTraefik] == nil && r.Desired.Cluster.Kubernetes.Brings("traefik") {
			in = scope.MiddlewaresUnit()
		} else if c := r.ProviderOf(kinds.GroupTraefik, at.Join("spec"), fmt.Sprintf("middleware %s is declared", name)); c != nil {
			in = c.Config()
		} else {
			continue
		}
		namespace := r.MiddlewareNamespace(m)
		if m.Namespace != "" && !slices.Contains(scope.SystemNamespaces, namespace) {
			r.KnownNamespace(at.Join("namespace"), namespace, fmt.Sprintf("middleware %s lies in namespace %s", name, namespace))
		}
		out = append(out, &Middleware{Unit: in, At: at, Name: name, Namespace: namespace, Spec: m.Spec})
	}
	return out
}
