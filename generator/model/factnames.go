package model

import (
	"maps"
	"slices"
)

// checkFactNames reports names of the cluster's facts that Kubernetes would
// refuse: what is made of each has its name.
func checkFactNames(c *Cluster, r *Reporter) {
	for _, section := range []struct {
		path  Path
		kind  string
		names []string
	}{
		{Path{"network", "pools"}, "a pool", slices.Sorted(maps.Keys(c.Network.Pools))},
		{Path{"ingress", "middlewares"}, "a middleware", slices.Sorted(maps.Keys(c.Ingress.Middlewares))},
		{Path{"certificates"}, "an authority", slices.Sorted(maps.Keys(c.Certificates))},
		{Path{"backups"}, "a store", slices.Sorted(maps.Keys(c.Backups))},
		{Path{"notifications"}, "a notification", slices.Sorted(maps.Keys(c.Notifications))},
		{Path{"policies", "exceptions"}, "an exception", slices.Sorted(maps.Keys(c.exceptions()))},
	} {
		for _, name := range section.names {
			checkName(r, Path{"cluster"}.Join(section.path...).Join(name), section.kind, 63)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Storage)) {
		checkName(r, Path{"cluster", "storage", name}, "a storage class", 253)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Certificates)) {
		if secret := c.Certificates[name].CA; secret != "" {
			checkName(r, Path{"cluster", "certificates", name, "ca"}, "a Secret", 253, secret)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Ingress.Middlewares)) {
		if namespace := c.Ingress.Middlewares[name].Namespace; namespace != "" {
			checkName(r, Path{"cluster", "ingress", "middlewares", name, "namespace"}, "a namespace", 63, namespace)
		}
	}
	if o := c.Flux.Operator; o != nil && o.Secret != "" {
		checkName(r, Path{"cluster", "flux", "operator", "secret"}, "a Secret", 253, o.Secret)
	}
	if c.Metrics != nil {
		for _, name := range slices.Sorted(maps.Keys(c.Metrics.Targets)) {
			checkName(r, Path{"cluster", "metrics", "targets", name}, "a target", 63)
		}
	}
}
