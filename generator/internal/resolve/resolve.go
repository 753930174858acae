package resolve

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/internal/resolve/access"
	"stillsuit.dev/generator/internal/resolve/charts"
	"stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/internal/resolve/policies"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/internal/resolve/workspaces"
	"stillsuit.dev/generator/model"
)

// Resolve decides everything about a cluster, and reports what is wrong with what is
// declared. It makes no object.
func Resolve(s *scope.Scope) *Cluster {
	s.Index()
	declarations{s}.check()
	exposed, monitors := TrafficOf(s)
	s.Tunnelled = exposed.Tunnelled
	c := &Cluster{Desired: s.Desired, Dir: s.Inputs.Dir, Providers: s.Providers, After: orders{s}.after()}
	c.resolvedApps = newResolvedApps(resolveApps(s))
	facts.Monitors{Network: traffic.Network{Scope: s}}.Tokens(monitors)
	for _, name := range slices.Sorted(maps.Keys(s.Charts)) {
		s.Guarded("chart", model.Path{"charts", name}, func() {
			if x := (charts.Charts{Scope: s}).Resolve(s.Charts[name]); x != nil {
				c.Charts = append(c.Charts, x)
			}
		})
	}
	c.Access = access.Resolve(s, c.Apps, c.written())
	n := traffic.Network{Scope: s}
	c.resolvedTraffic = resolvedTraffic{Exposed: exposed, Monitors: monitors, Offered: facts.Facts{Network: n}.Offered(), Releases: c.namespacesOfReleases()}
	f := facts.Facts{Network: n}
	c.Traefik, c.Redirect = f.BundledTraefik(exposed.Routes, c.written()), f.Redirect(exposed.Routes)
	f.CheckIngress(exposed.Routes)
	solvers := n.Answer(exposed.Solvers)
	workspaces.Workspaces{Scope: s, Written: c.written()}.Opened()
	c.NetworkPolicies = n.NetworkPolicies(slices.Concat(solvers, c.Movers))
	c.ResolvedNamespaces = (&workspaces.Namespaces{Scope: s, Written: c.written(), ClassUnits: c.ClassUnits}).Resolve()
	c.Flux = fluxPlace(s)
	c.Policies = policies.Policies{Scope: s, Written: c.written()}.Resolve()
	declarations{s}.unread()
	return c
}

// resolveApps decides about each app that is on.
func resolveApps(s *scope.Scope) map[string]*workload.App {
	out, pods := map[string]*workload.App{}, workload.NewPods(s)
	for _, name := range slices.Sorted(maps.Keys(s.Desired.Apps)) {
		app, at := s.Desired.Apps[name], model.Path{"apps", name}
		switch {
		case app.Off != "":
		case app.Namespace == "":
			s.Error(at, "app/missing-field", "app "+name+" has no namespace", "every app lives in one", `add namespace: "…"`)
		default:
			s.Guarded("app", at, func() { out[name] = pods.App(name, app) })
		}
	}
	return out
}
