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
	s.routes = exposed.tunnelled
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
	out, backedUp := map[string]*app{}, map[string]bool{}
	for _, name := range sorted(s.d.Apps) {
		app, at := s.d.Apps[name], model.Path{"apps", name}
		switch {
		case app.Off != "":
		case app.Namespace == "":
			s.Error(at, "app/missing-field", "app "+name+" has no namespace", "every app lives in one", `add namespace: "…"`)
		default:
			s.guarded("app", at, func() { out[name] = resolveApp(s, name, app, backedUp) })
		}
	}
	return out
}

// resolveApp decides what is made of an app. backedUp are the shared claims that some pod
// backs up.
func resolveApp(s *scope, name string, declared *model.App, backedUp map[string]bool) *app {
	at := model.Path{"apps", name}
	out := &app{
		name: name, unit: s.appUnit(name),
		secrets: secretReader{s}.secretsOf(&holder{kind: "app", name: name, namespace: declared.Namespace, at: at, secrets: declared.Secrets}),
	}
	for i, w := range s.apps[name] {
		resolved := pods{s, backedUp}.workload(w)
		resolved.account = accountOf(w, i == 0)
		out.workloads = append(out.workloads, resolved)
	}
	out.objects = ownObjects(&s.Reporter, name, declared.Namespace, at, declared.Objects)
	return out
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
