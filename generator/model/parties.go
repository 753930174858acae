package model

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// meshClasses are the ingress classes of the meshes.
func (d *Desired) meshClasses() []string {
	var out []string
	for _, m := range d.Cluster.Meshes {
		out = append(out, m.Class)
	}
	return out
}

// workspaceHosts are the hosts that Ingresses of each workspace may use, in full.
func (d *Desired) workspaceHosts() map[string][]string {
	out := map[string][]string{}
	for name, ns := range d.Namespaces {
		if ns.Workspace == "" {
			continue
		}
		out[name] = []string{}
		for _, host := range ns.Hosts {
			if !strings.Contains(host, ".") && d.Cluster.Domain != "" {
				host += "." + d.Cluster.Domain
			}
			out[name] = append(out[name], host)
		}
	}
	return out
}

// encryptedUnits are the units with SOPS files.
func (d *Desired) encryptedUnits() []string {
	var out []string
	add := func(unit string, secrets map[string]string) {
		for _, value := range secrets {
			if IsSecretFile(value) {
				out = append(out, unit)
			}
		}
	}
	for name, app := range d.Apps {
		if app.Off == "" {
			add(name, app.Secrets)
		}
	}
	for name, c := range d.Charts {
		if c.Off == "" && c.Outside == "" {
			add(name, c.Secrets)
		}
	}
	for _, n := range d.Cluster.Notifications {
		add(UnitNotifications, map[string]string{"": n.Secret})
	}
	return out
}

// boundaries are the namespaces that accounts must keep to, by namespace/account.
func (d *Desired) boundaries() map[string][]string {
	out := map[string][]string{}
	bound := func(account string, namespaces []string) {
		if within, twice := out[account]; twice { // each boundary holds
			namespaces = slices.DeleteFunc(slices.Clone(within), func(ns string) bool { return !slices.Contains(namespaces, ns) })
		}
		out[account] = namespaces
	}
	for _, name := range slices.Sorted(maps.Keys(d.Apps)) {
		app := d.Apps[name]
		if app.Off != "" || len(app.Boundary) == 0 {
			continue
		}
		for w := range app.Workloads {
			bound(app.Namespace+"/"+cmp.Or(app.Account, fullName(name, w)), app.Boundary)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.RBAC)) {
		if entry := d.RBAC[name]; entry.Account != "" && len(entry.Boundary) > 0 {
			bound(entry.Account, entry.Boundary)
		}
	}
	return out
}

// tunnelled are the apps and charts that tunnels and meshes lead to, as
// namespace/name.
func (d *Desired) tunnelled() []string {
	var out []string
	add := func(name, namespace string, exposures map[string]*Expose) {
		for _, e := range exposures {
			if e.Tunnel != "" || e.Mesh != "" {
				out = append(out, namespace+"/"+name)
			}
		}
	}
	for name, app := range d.Apps {
		if app.Off == "" {
			add(name, app.Namespace, app.Expose)
		}
	}
	for name, c := range d.Charts {
		if c.Off == "" && c.Outside == "" {
			add(name, c.Namespace, c.Expose)
		}
	}
	return out
}

// tunnelWorkloads are what holds tunnels, as namespace/name; namespace/* where the
// names are chosen in the cluster: by a chart, or by the controller of a mesh.
func (d *Desired) tunnelWorkloads() []string {
	var out []string
	for _, t := range d.Cluster.Tunnels {
		name, workload, one := strings.Cut(t.App, "/")
		if app := d.Apps[name]; app != nil && app.Off == "" {
			for w := range app.Workloads {
				if !one || w == workload {
					out = append(out, app.Namespace+"/"+fullName(name, w))
				}
			}
		} else if c := d.Charts[name]; c != nil && c.Off == "" {
			out = append(out, c.Namespace+"/*")
		}
	}
	for _, m := range d.Cluster.Meshes {
		out = append(out, m.Namespace+"/*")
	}
	return out
}

// fullName is the name of the objects of a workload: that of its app, and its own when it
// is not written in place.
func fullName(app, workload string) string {
	if workload == "" {
		return app
	}
	return app + "-" + workload
}
