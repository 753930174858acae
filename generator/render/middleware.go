package render

import (
	"fmt"
	"slices"

	"stillsuit.dev/generator/model"
)

// groupTraefik is Traefik's API group.
const groupTraefik = "traefik.io"

// middlewares renders those that are written here. Traefik's own kinds come with
// it, from K3s or from a chart.
func (r *renderer) middlewares() {
	ingress, at := r.d.Cluster.Ingress, model.Path{"cluster", "ingress", "middlewares"}
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
		addCustom(r, in, kindMiddleware, factMeta(namespace, name), m.Spec, at)
	}
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

// ownNamespaces are those that are rendered here, sorted.
func (r *scope) ownNamespaces() []string {
	names := slices.Concat(sorted(r.d.Namespaces), sorted(r.inhabitants()))
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return slices.Contains(systemNamespaces, n) })
}
