package main

// shown is the part of a golden file that a page shows.
type shown struct {
	// golden is a file of tests/golden, without its ending.
	golden string
	// section is what the file wants: web/site. "" shows no rendering.
	section string
	// kinds are the objects to show; none means all of the section.
	kinds []string
	// more are other files of tests/golden about the concept.
	more []string
	// see is another concept, whose page shows this one too; then all else is empty.
	see string
}

// examples are the golden files that the pages show, by concept: short ones.
func examples() map[string]shown {
	return map[string]shown{
		"app":          {golden: "off", section: "web/shop", kinds: []string{"Deployment", "Service"}, more: []string{"connects", "secrets", "patches", "objects", "flux", "selector"}},
		"backup":       {golden: "backups", section: "velero/velero-config", more: []string{"volumes"}},
		"certificate":  {golden: "certificates", section: "certs/cert-manager-config", more: []string{"expose-host"}},
		"chart":        {golden: "chart-values", section: "monitoring/dashboard", more: []string{"chart", "chart-catalogue", "chart-traffic"}},
		"cluster":      {golden: "flux", section: "bootstrap", more: []string{"flux-operator", "flux-operator-oci", "base/clusters/demo/cluster.cue"}},
		"container":    {golden: "deployment", section: "web/site", kinds: []string{"Deployment", "Service"}, more: []string{"probes", "probe-headers", "sidecars", "user", "devices", "secrets", "files"}},
		"expose":       {golden: "expose-host", section: "web/site", kinds: []string{"Ingress"}, more: []string{"expose-loadbalancer", "expose-shared-address", "expose-scheme", "expose-statefulset", "expose-tunnel", "expose-mesh"}},
		"image":        {see: "cluster"},
		"ingress":      {golden: "middlewares", section: "traefik/traefik-config", more: []string{"middlewares-bundled", "expose-host"}},
		"metrics":      {golden: "targets", section: "monitors", more: []string{"metrics"}},
		"namespace":    {golden: "namespace", section: "namespaces", kinds: []string{"Namespace", "ResourceQuota", "LimitRange", "PersistentVolumeClaim"}, more: []string{"workspace", "deployer", "outside", "outside-isolated"}},
		"network":      {golden: "internet-lan-clients", section: "web/site", kinds: []string{"NetworkPolicy"}, more: []string{"pools", "connects", "host-network", "expose-mesh", "expose-tunnel", "tunnel-config"}},
		"node":         {golden: "node", section: "web/zigbee", kinds: []string{"Deployment"}, more: []string{"place", "storage", "devices", "profiles", "base/clusters/demo/cluster.cue"}},
		"notification": {golden: "notifications", section: "notifications", kinds: []string{"Alert", "Provider"}},
		"profiles":     {see: "node"},
		"rbac":         {golden: "access", section: "access", more: []string{"grants", "deployer"}},
		"scalar":       {see: "workload"},
		"storage":      {golden: "storage", section: "storage/local-path-config", more: []string{"storage-bundled", "volumes"}},
		"policy":       {golden: "policy", section: "policies", more: []string{"policies"}},
		"suppress":     {see: "cluster"},
		"volume":       {golden: "volumes", section: "web/site", kinds: []string{"Deployment", "PersistentVolumeClaim"}, more: []string{"files", "files-single", "statefulset"}},
		"workload":     {golden: "cronjob", section: "web/nightly", more: []string{"deployment", "statefulset", "daemonset", "job", "job-order", "update", "place", "importance"}},
	}
}
