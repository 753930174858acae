package model

import (
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/generator/lock"
)

// localPath is the provisioner whose volumes are directories of one node.
const localPath = "rancher.io/local-path"

// IsSecretFile reports whether the value of a secret is a SOPS file, rather than the
// name of a Secret that something else makes.
func IsSecretFile(value string) bool {
	return strings.Contains(value, "/") || strings.HasSuffix(value, ".yaml")
}

// Parameters are the values that a cluster gives to the parameters of policies, by
// their names, as CEL literals: a list of strings, or a map of such lists. What the
// cluster does not know is not there, and keeps the policy's own value. Lists of
// cluster.policies.params take the place of what else would be said.
func Parameters(d *Desired, locked *lock.Lock) map[string]string {
	out := map[string]string{}
	for name, list := range d.lists(locked) {
		out[name] = CELList(list)
	}
	for name, lists := range d.listsByName() {
		out[name] = celMap(lists)
	}
	if p := d.Cluster.Policies; p != nil {
		for name, list := range p.Params {
			out[name] = CELList(list)
		}
	}
	return out
}

// MapParameters are the names of those that are maps: a list cannot stand for them.
func MapParameters() []string { return []string{"boundaries", "workspaceHosts"} }

// ClusterParameters are the names of those whose values in the library are examples:
// what is true of a cluster is known from its CUE alone. All others start from what
// Kubernetes, Flux, K3s and publishers of images say, and may stay as they are.
func ClusterParameters() []string {
	return append(MapParameters(), "allowedRegistries", "domains", "encryptedUnits", "sharedClasses", "storageClasses", "tunnelWorkloads", "tunnelled")
}

func (d *Desired) listsByName() map[string]map[string][]string {
	return map[string]map[string][]string{"boundaries": d.boundaries(), "workspaceHosts": d.workspaceHosts()}
}

// lists are those that the cluster knows.
func (d *Desired) lists(locked *lock.Lock) map[string][]string {
	c := &d.Cluster
	classes := d.meshClasses()
	out := map[string][]string{
		"meshClasses":     classes,
		"namespaces":      slices.Sorted(maps.Keys(d.workspaceHosts())),
		"encryptedUnits":  d.encryptedUnits(),
		"tunnelled":       d.tunnelled(),
		"tunnelWorkloads": d.tunnelWorkloads(),
	}
	known := func(name string, list []string) { // an empty one says that nobody said it
		if len(list) > 0 {
			out[name] = list
		}
	}
	known("domains", d.domains())
	known("allowedRegistries", d.registries())
	known("pools", d.pools())
	known("storageClasses", c.classes(func(string, StorageClass) bool { return true }))
	if len(out["storageClasses"]) > 0 { // volumes that lie on some nodes, or their disks, are not shared
		out["sharedClasses"] = c.classes(func(name string, s StorageClass) bool { return s.Provisioner != localPath && len(c.NodesOf(name)) == 0 })
	}
	if len(classes) > 0 {
		// Those that the library knows besides: a controller of either opens a tunnel.
		out["tunnelClasses"] = slices.Concat(classes, []string{"cloudflare-tunnel", "tailscale"})
	}
	if locked != nil && len(locked.Images) > 0 {
		out["amd64Images"], out["arm64Images"] = builtFor(locked, "amd64"), builtFor(locked, "arm64")
	}
	for name := range out {
		slices.Sort(out[name])
		out[name] = slices.Compact(out[name])
	}
	return out
}

// classes are the storage classes that fit, with the one that K3s makes itself.
func (c *Cluster) classes(fits func(string, StorageClass) bool) []string {
	all := maps.Clone(c.Storage)
	if c.Kubernetes.Brings("local-storage") {
		if all == nil {
			all = map[string]StorageClass{}
		}
		if _, declared := all["local-path"]; !declared {
			all["local-path"] = StorageClass{Provisioner: localPath}
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if fits(name, all[name]) {
			out = append(out, name)
		}
	}
	return out
}

// pools are the ranges that hold exactly the addresses of the cluster's pools.
func (d *Desired) pools() []string {
	var out []string
	for _, text := range d.Cluster.Network.Pools {
		if first, last, err := Range(text); err == nil { // else it is reported
			for _, p := range prefixes(first, last) {
				out = append(out, p.String())
			}
		}
	}
	return out
}

func (d *Desired) registries() []string {
	var out []string
	for _, r := range d.Cluster.Registries {
		out = append(out, strings.TrimSuffix(r, "/"))
	}
	return out
}

// domains are those that the cluster, its authorities, tunnels and workspaces name.
func (d *Desired) domains() []string {
	var out []string
	if d.Cluster.Domain != "" {
		out = append(out, d.Cluster.Domain)
	}
	for _, c := range d.Cluster.Certificates {
		out = append(out, c.Domains...)
	}
	for _, t := range d.Cluster.Tunnels {
		out = append(out, t.Domains...)
	}
	for _, hosts := range d.workspaceHosts() {
		for _, host := range hosts {
			out = append(out, strings.TrimPrefix(host, "*."))
		}
	}
	all := slices.Clone(out)
	return slices.DeleteFunc(out, func(name string) bool { // what lies below another says nothing more
		return slices.ContainsFunc(all, func(domain string) bool { return strings.HasSuffix(name, "."+domain) })
	})
}

// builtFor are the repositories all of whose locked images are for one architecture.
func builtFor(locked *lock.Lock, arch string) []string {
	arches := map[string][]string{}
	for ref, image := range locked.Images {
		repository := ref
		if colon := strings.LastIndex(ref, ":"); colon > strings.LastIndex(ref, "/") {
			repository = ref[:colon]
		}
		arches[repository] = append(arches[repository], image.Arches()...)
	}
	var out []string
	for repository, of := range arches {
		if len(of) > 0 && !slices.ContainsFunc(of, func(a string) bool { return a != arch }) {
			out = append(out, repository)
		}
	}
	return out
}
