package render

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
)

// resolve decides everything about a cluster, and reports what is wrong with what is
// declared. It makes no object.
func resolve(s *scope) *cluster {
	s.index()
	s.checkCluster()
	exposed, monitors := trafficOf(s)
	s.tunnelled = exposed.tunnelled
	c := &cluster{declared: s.d, dir: s.in.Dir, providers: s.providers, after: orders{s}.after()}
	c.apps = resolveApps(s)
	for _, name := range sorted(s.charts) {
		s.guarded("chart", model.Path{"charts", name}, func() {
			if x := (charts{s}).resolve(s.charts[name]); x != nil {
				c.charts = append(c.charts, x)
			}
		})
	}
	c.access = newAccess(s).resolve(c)
	n := network{s}
	c.resolvedTraffic = resolvedTraffic{exposed: exposed, monitors: monitors, offered: facts{n}.offered(), releases: c.namespacesOfReleases()}
	solvers := n.answer(exposed.solvers)
	workspaces{s, c}.opened()
	c.networkPolicies = n.networkPolicies(solvers)
	namespaces{s, c}.resolve()
	c.flux = fluxPlace(s)
	c.policies = policies{s, c.written()}.resolve()
	return c
}

// resolveApps decides about each app that is on.
func resolveApps(s *scope) map[string]*app {
	out, pods := map[string]*app{}, pods{s, map[string]bool{}}
	for _, name := range sorted(s.d.Apps) {
		app, at := s.d.Apps[name], model.Path{"apps", name}
		switch {
		case app.Off != "":
		case app.Namespace == "":
			s.Error(at, "app/missing-field", "app "+name+" has no namespace", "every app lives in one", `add namespace: "…"`)
		default:
			s.guarded("app", at, func() { out[name] = pods.app(name, app) })
		}
	}
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
