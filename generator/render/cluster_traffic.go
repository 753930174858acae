package render

import (
	"stillsuit.dev/generator/model"
)

// resolvedTraffic is what leads into, out of and through the cluster, and its facts.
type resolvedTraffic struct {
	exposed
	monitors        []*monitor
	networkPolicies []*networkPolicy
	offered
	releases []string // namespaces with HelmReleases, sorted
}

// offered are the facts of a cluster that something is told by objects.
type offered struct {
	pools         []*pool
	authorities   []*authority
	classes       []*storageClass
	classUnits    map[string]string // by class
	middlewares   []*middleware
	stores        []*store
	targets       []*target
	notifications []*notification
}

// trafficOf collects the flows that apps and charts declare, and decides by which ways
// they are reached.
func trafficOf(r *scope) (exposed, []*monitor) {
	t := traffic{network{r}}
	var monitors []*monitor
	for _, name := range sorted(r.apps) {
		if r.d.Apps[name].Namespace != "" {
			r.guarded("app", model.Path{"apps", name}, func() {
				for _, w := range r.apps[name] {
					t.checkPorts(w)
					t.connections(w)
					monitors = append(monitors, t.monitorOf(w)...)
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
				monitors = append(monitors, t.monitorsOf(c)...)
			}
		})
	}
	return t.exposed(), monitors
}

// facts decides about what the cluster offers to its apps.
type facts struct{ network }

// offered is what the cluster offers. The secrets of charts must be known by then.
func (r facts) offered() offered {
	var o offered
	for _, fact := range []struct {
		at      model.Path
		resolve func()
	}{
		{pathPools, func() { o.pools = r.pools() }},
		{pathCertificates, func() { o.authorities = r.authorities() }},
		{pathStorage, func() { o.classes, o.classUnits = r.storageClasses() }},
		{pathMiddlewares, func() { o.middlewares = r.middlewares() }},
		{pathBackups, func() { o.stores = r.stores() }},
		{pathMetrics, func() { o.targets = r.targets() }},
		{pathNotifications, func() { o.notifications = r.notifications() }},
	} {
		r.guarded(pieceFact, fact.at, fact.resolve)
	}
	return o
}

// pieceFact is what a fact of the cluster is called.
const pieceFact = "fact"

// Where the facts stand.
var (
	pathPools         = model.Path{"cluster", "network", "pools"}
	pathCertificates  = model.Path{"cluster", "certificates"}
	pathStorage       = model.Path{"cluster", "storage"}
	pathMiddlewares   = model.Path{"cluster", "ingress", "middlewares"}
	pathBackups       = model.Path{"cluster", "backups"}
	pathMetrics       = model.Path{"cluster", "metrics"}
	pathNotifications = model.Path{"cluster", "notifications"}
)
