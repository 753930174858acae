// Package resolve decides everything about a cluster: it follows references, chooses names,
// hosts, addresses, ports, classes and peers, and reports what is wrong between things
// that are declared. It makes no object. Each concern has a package of its own below;
// scope is what all of them stand on.
package resolve

import (
	"slices"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// Cluster is what the declarations of a cluster come to, all of it: the objects are made
// from it. It does not change any more.
type Cluster struct {
	Desired   *model.Desired
	Dir       string                  // of the cluster, in the repository
	Providers map[string]*scope.Chart // the first chart that brings an API group or storage provisioner
	After     map[string]after        // by unit of an app or chart
	resolvedApps
	resolvedTraffic
	resolvedRest
}

// Lazy reports whether a unit has claims that nothing consumes yet.
func (c *Cluster) Lazy(unit string) bool {
	lazy := func(w *workload.Resolved) bool { return w.Volumes.Lazy }
	return slices.ContainsFunc(c.Workloads(unit), lazy) || unit == scope.UnitNamespaces && c.LazyNamespaces
}

// Workloads are those that are applied with a unit.
func (c *Cluster) Workloads(unit string) []*workload.Resolved { return c.byUnit[unit] }
