package model

// checkFactNames reports names of the cluster's facts that Kubernetes would
// refuse: what is made of each has its name.
func checkFactNames(c *Cluster, r *Reporter) {
	for _, section := range []struct {
		path  Path
		kind  string
		names []string
	}{
		{Path{"network", "pools"}, "a pool", keys(c.Network.Pools)},
		{Path{"ingress", "middlewares"}, "a middleware", keys(c.Ingress.Middlewares)},
		{Path{"certificates"}, "an authority", keys(c.Certificates)},
		{Path{"backups"}, "a store", keys(c.Backups)},
		{Path{"notifications"}, "a notification", keys(c.Notifications)},
		{Path{"policies", "exceptions"}, "an exception", keys(c.exceptions())},
	} {
		for _, name := range section.names {
			checkName(r, Path{"cluster"}.Join(section.path...).Join(name), section.kind, 63)
		}
	}
	for _, name := range keys(c.Storage) {
		checkName(r, Path{"cluster", "storage", name}, "a storage class", 253)
	}
	for _, name := range keys(c.Certificates) {
		if secret := c.Certificates[name].CA; secret != "" {
			checkName(r, Path{"cluster", "certificates", name, "ca"}, "a Secret", 253, secret)
		}
	}
	for _, name := range keys(c.Ingress.Middlewares) {
		if namespace := c.Ingress.Middlewares[name].Namespace; namespace != "" {
			checkName(r, Path{"cluster", "ingress", "middlewares", name, "namespace"}, "a namespace", 63, namespace)
		}
	}
	if c.Metrics != nil {
		for _, name := range keys(c.Metrics.Targets) {
			checkName(r, Path{"cluster", "metrics", "targets", name}, "a target", 63)
		}
	}
}
