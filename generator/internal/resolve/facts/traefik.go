package facts

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/internal/resolve/written"
	"stillsuit.dev/generator/model"
)

// BundledTraefik is what the Traefik that K3s brings is told.
type BundledTraefik struct {
	Unit    scope.Unit
	At      model.Path
	Address string // that MetalLB gives to it
}

// Redirect leads hosts from HTTP to HTTPS.
type Redirect struct {
	Unit      scope.Unit
	At        model.Path
	Namespace string   // of Traefik
	Hosts     []string // sorted
}

// BundledTraefik is what K3s's Traefik is told, nil for nothing. Its Service asks for no
// address of its own, so beside pools that assign none by themselves it would wait forever: it
// is given the declared one, else the first that is free.
func (r Facts) BundledTraefik(routes []*traffic.Route, objects []written.Object) *BundledTraefik {
	c := r.Desired.Cluster
	if !(traffic.Traefik{Scope: r.Scope}).Bundled() || c.Network.LoadBalancer != "metallb" {
		return nil
	}
	out := &BundledTraefik{Unit: scope.IngressUnit(), At: traffic.PathIngress, Address: traffic.Traefik{Scope: r.Scope}.Address()}
	told := slices.ContainsFunc(objects, func(o written.Object) bool { return o.ID.Kind == kinds.ChartConfig.Kind && o.ID.Name == "traefik" })
	served := slices.ContainsFunc(routes, func(x *traffic.Route) bool { return x.Class == c.Ingress.Class })
	switch {
	case c.Ingress.Address != "":
		out.At = traffic.PathIngress.Join("address")
		return out
	case told || !served:
		return nil
	}
	if out.Address == "" {
		r.Error(traffic.PathIngress, "cluster/ingress-address", "the Traefik of K3s gets no address, since exposures have all of cluster.network.pools", "", "Add a pool, or take an address from an exposure.")
		return nil
	}
	r.Note(traffic.PathIngress, "cluster/ingress-address", fmt.Sprintf("the Traefik of K3s gets address %s, the first that no exposure has", out.Address), "",
		fmt.Sprintf("Add cluster: ingress: address: %q to keep it when exposures change.", out.Address))
	return out
}

// Redirect leads the hosts that have certificates, and that Traefik serves over HTTPS alone,
// from HTTP to there; nil without any. Where the entry points are declared, whoever did that
// decides.
func (r Facts) Redirect(routes []*traffic.Route) *Redirect {
	c := r.Desired.Cluster
	if c.Ingress.Class != "traefik" || len(c.Ingress.Entrypoints) > 0 {
		return nil
	}
	out := &Redirect{At: traffic.PathIngress, Namespace: r.MiddlewareNamespace(model.Middleware{Spec: map[string]any{}})}
	for _, x := range routes {
		if x.TLS != nil && x.Class == c.Ingress.Class {
			out.Hosts = append(out.Hosts, x.Hosts...)
		}
	}
	if out.Hosts = traffic.Unique(out.Hosts); len(out.Hosts) == 0 {
		return nil
	}
	switch provider := r.Providers[kinds.GroupTraefik]; {
	case (traffic.Traefik{Scope: r.Scope}).Bundled():
		out.Unit = scope.IngressUnit()
	case provider == nil || !provider.Rendered():
		return nil
	default:
		out.Unit = provider.Config()
	}
	return out
}

// CheckIngress reports exposures that nothing serves: nothing is deployed to the namespace
// of the ingress controller.
func (r Facts) CheckIngress(routes []*traffic.Route) {
	c := r.Desired.Cluster.Ingress
	served := slices.ContainsFunc(routes, func(x *traffic.Route) bool { return x.Class == c.Class })
	if !served || (traffic.Traefik{Scope: r.Scope}).Bundled() || len(r.Lives[c.Namespace]) > 0 {
		return
	}
	fix := `Set cluster.ingress.namespace to where it runs, or add its chart, with outside: "…" if something else installs it.`
	if r.Desired.Cluster.Kubernetes.Distribution == "k3s" && c.Class == "traefik" && !r.Desired.Cluster.Kubernetes.Brings("traefik") {
		fix = `Add charts: traefik: from: "traefik", or let K3s bring it: remove kubernetes: bundled: traefik: false.`
	}
	at := traffic.PathIngress
	if r.Places != nil && c.Namespace != "" {
		at = traffic.PathIngress.Join("namespace")
	}
	r.Warn(at, "cluster/no-ingress", fmt.Sprintf("no app or chart is deployed to namespace %s, where cluster.ingress says that the ingress controller runs", c.Namespace),
		fmt.Sprintf("nothing answers for %s", hostsOf(routes, c.Class)), fix)
}

// hostsOf are the hosts of routes of a class in a sentence, at most three.
func hostsOf(routes []*traffic.Route, class string) string {
	var hosts []string
	for _, x := range routes {
		if x.Class == class {
			hosts = append(hosts, x.Hosts...)
		}
	}
	if hosts = traffic.Unique(hosts); len(hosts) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(hosts[:3], ", "), len(hosts)-3)
	}
	return finding.AllSorted(hosts)
}
