package render

import (
	"fmt"
	"slices"

	"stillsuit.dev/generator/model"
)

// middleware is one that is written here.
type middleware struct {
	unit      unit
	at        model.Path
	name      string
	namespace string
	spec      map[string]any
}

// middlewares are those that are written here. Traefik's own kinds come with it, from
// K3s or from a chart.
func (r facts) middlewares() []*middleware {
	var out []*middleware
	ingress, at := r.d.Cluster.Ingress, pathMiddlewares
	for _, name := range sorted(ingress.Middlewares) {
		m, at := ingress.Middlewares[name], at.Join(name)
		if m.Spec == nil {
			continue
		}
		var in unit
		if r.providers[groupTraefik] == nil && r.d.Cluster.Kubernetes.Brings("traefik") {
			in = middlewaresUnit()
		} else if c := r.providerOf(groupTraefik, at.Join("spec"), fmt.Sprintf("middleware %s is declared", name)); c != nil {
			in = c.config()
		} else {
			continue
		}
		namespace := r.middlewareNamespace(m)
		if m.Namespace != "" && !slices.Contains(systemNamespaces, namespace) {
			r.knownNamespace(at.Join("namespace"), namespace, fmt.Sprintf("middleware %s lies in namespace %s", name, namespace))
		}
		out = append(out, &middleware{unit: in, at: at, name: name, namespace: namespace, spec: m.Spec})
	}
	return out
}

// middlewareNamespace is where a middleware lies.
func (r *scope) middlewareNamespace(m model.Middleware) string {
	c := r.providers[groupTraefik]
	switch {
	case m.Namespace != "":
		return m.Namespace
	case m.Spec != nil && c != nil && c.Namespace != "":
		return c.Namespace
	case m.Spec != nil && c == nil && r.d.Cluster.Kubernetes.Brings("traefik"):
		return "kube-system"
	}
	return r.d.Cluster.Ingress.Namespace
}
