package render

import "stillsuit.dev/generator/model"

// connected is the part of a cluster that says who reaches whom, and what the cluster
// offers to its apps.
type connected struct {
	exposed
	monitors []*monitor
	offered
	networkPolicies []*networkPolicy
}

// offered are the facts of a cluster that something is told by objects.
type offered struct {
	pools         []*pool
	authorities   []*authority
	classes       []*storageClass
	middlewares   []*middleware
	stores        []*store
	targets       []*target
	notifications []*notification
}

// traffic collects the flows that apps and charts declare, and decides by which ways
// they are reached.
func (r *scope) traffic() (exposed, []*monitor) {
	t := traffic{network{r}}
	for _, name := range sorted(r.apps) {
		if r.d.Apps[name].Namespace != "" {
			r.guarded("app", model.Path{"apps", name}, func() {
				for _, w := range r.apps[name] {
					t.checkPorts(w)
					t.connections(w)
				}
			})
		}
	}
	for _, name := range sorted(r.charts) {
		c := r.charts[name]
		r.guarded("chart", c.at, func() {
			t.checkMetrics(&c.party, c.Metrics)
			if c.Namespace != "" {
				t.chartTraffic(c)
			}
		})
	}
	return t.exposed(), t.monitors()
}

// facts decides about what the cluster offers to its apps.
type facts struct {
	network
	secretOf func(h *holder, alias, value string, at model.Path) *secret
}

// offered is what the cluster offers.
func (r facts) offered() offered {
	return offered{
		pools:         r.pools(),
		authorities:   r.authorities(),
		classes:       r.storageClasses(),
		middlewares:   r.middlewares(),
		stores:        r.stores(),
		targets:       r.targets(),
		notifications: r.notifications(),
	}
}
