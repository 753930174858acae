package render

import (
	"strings"

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

// traffic collects the flows that apps and charts declare, and decides by which ways
// they are reached.
func (r *scope) traffic() (exposed, []*monitor) {
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

// trafficPieces are what is made of the ways in and out of each app and chart, and of
// each fact.
func (c *cluster) trafficPieces() []piece {
	var out []piece
	of := func(at model.Path, make func() []made) { // the app or chart of a path
		out = append(out, piece{strings.TrimSuffix(at[0], "s"), at[:2], make})
	}
	for _, x := range c.routes {
		of(x.at, func() []made { return ingress(x) })
	}
	for _, x := range c.balancers {
		of(x.at, func() []made { return loadBalancer(x) })
	}
	for _, x := range c.monitors {
		of(x.at, func() []made { return scraped(x) })
	}
	for _, x := range c.networkPolicies {
		of(x.of.at, func() []made { return networkPolicyOf(x) })
	}
	return append(out,
		piece{pieceFact, pathPools, func() []made { return addressPools(c.pools) }},
		piece{pieceFact, pathCertificates, func() []made { return clusterIssuers(c.authorities) }},
		piece{pieceFact, pathStorage, func() []made { return storageClasses(c.classes) }},
		piece{pieceFact, pathMiddlewares, func() []made { return traefikMiddlewares(c.middlewares) }},
		piece{pieceFact, pathBackups, func() []made { return backupStores(c.stores) }},
		piece{pieceFact, pathMetrics, func() []made { return scrapeConfigs(c.targets) }},
		piece{pieceFact, pathNotifications, func() []made { return notifications(c) }},
	)
}
