// Package facts decides about what a cluster offers to its apps and is told by objects:
// address pools, certificates, storage, middlewares, backups, metrics, notifications.
package facts

import (
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// Offered are the facts of a cluster that something is told by objects.
type Offered struct {
	Pools         []*Pool
	Authorities   []*Authority
	Classes       []*StorageClass
	ClassUnits    map[string]string // by class
	Middlewares   []*Middleware
	Stores        []*Store
	Replications  []*Replication
	Movers        []*scope.Party // the pods that copy volumes for them, one for each namespace
	Targets       []*Target
	Notifications []*notification
}

// Facts decides about what the cluster offers to its apps.
type Facts struct{ traffic.Network }

// Offered is what the cluster offers. The secrets of charts must be known by then.
func (r Facts) Offered() Offered {
	var o Offered
	for _, fact := range []struct {
		at      model.Path
		resolve func()
	}{
		{PathPools, func() { o.Pools = r.pools() }},
		{PathCertificates, func() { o.Authorities = r.authorities() }},
		{PathStorage, func() { o.Classes, o.ClassUnits = r.storageClasses() }},
		{PathMiddlewares, func() { o.Middlewares = r.middlewares() }},
		{PathBackups, func() { o.Stores = r.stores() }},
		{PathBackups, func() { o.Replications, o.Movers = r.replications() }},
		{PathMetrics, func() { o.Targets = r.targets() }},
		{PathNotifications, func() { o.Notifications = r.notifications() }},
	} {
		r.Guarded(PieceFact, fact.at, fact.resolve)
	}
	return o
}

// PieceFact is what a fact of the cluster is called.
const PieceFact = "fact"

// Where the facts stand.
var (
	PathIngress       = traffic.PathIngress
	PathPools         = model.Path{"cluster", "network", "pools"}
	PathCertificates  = model.Path{"cluster", "certificates"}
	PathStorage       = model.Path{"cluster", "storage"}
	PathMiddlewares   = model.Path{"cluster", "ingress", "middlewares"}
	PathBackups       = model.Path{"cluster", "backups"}
	PathMetrics       = model.Path{"cluster", "metrics"}
	PathNotifications = model.Path{"cluster", "notifications"}
)
