package render

import (
	"slices"

	"stillsuit.dev/generator/model"
)

// cluster is what the declarations of a cluster come to, all of it: the objects are made
// from it. It does not change any more.
type cluster struct {
	declared  *model.Desired
	dir       string            // of the cluster, in the repository
	providers map[string]*chart // the first chart that brings an API group or storage provisioner
	after     map[string]after  // by unit of an app or chart
	resolvedApps
	resolvedTraffic
	resolvedRest
}

// lazy reports whether a unit has claims that nothing consumes yet.
func (c *cluster) lazy(unit string) bool {
	lazy := func(w *resolvedWorkload) bool { return w.volumes.lazy }
	return slices.ContainsFunc(c.workloads(unit), lazy) || unit == unitNamespaces && c.lazyNamespaces
}

// workloads are those of the app that a unit is of; none for other units.
func (c *cluster) workloads(unit string) []*resolvedWorkload {
	if a := c.apps[unit]; a != nil {
		return a.workloads
	}
	return nil
}
