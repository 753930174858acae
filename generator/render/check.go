package render

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// checkCluster reports facts of the cluster that contradict each other, or that
// everything else needs.
func (r *scope) checkCluster() {
	c := r.d.Cluster
	if c.Name == "" {
		r.Error(model.Path{"cluster"}, "app/missing-field", "the cluster has no name", "its tree lies below that name", `add cluster: name: "…"`)
	}
	if want := r.in.Dir[strings.LastIndex(r.in.Dir, "/")+1:]; c.Name != "" && c.Name != want {
		r.Error(model.Path{"cluster", "name"}, "cluster/name", fmt.Sprintf("the cluster is called %s", c.Name), fmt.Sprintf("it lies in %s", r.in.Dir), fmt.Sprintf("rename one: the tree would be flux-system/%s", c.Name))
	}
	r.checkTimezone()
	for _, name := range sorted(c.Network.Pools) {
		if _, _, err := model.Range(c.Network.Pools[name]); err != nil {
			r.Error(model.Path{"cluster", "network", "pools", name}, "network/bad-address", fmt.Sprintf("pool %s is %q", name, c.Network.Pools[name]), "a pool is first-last or a range", "write it like 192.168.1.240-192.168.1.250")
		}
	}
	for _, name := range sorted(c.Ceilings) {
		at := model.Path{"cluster", "ceilings", name}
		for i, n := range c.Ceilings[name].Nodes {
			r.knownNode(at.Join("nodes", fmt.Sprint(i)), n, fmt.Sprintf("ceiling %s spans node %s", name, n))
		}
	}
	for _, name := range sorted(c.Storage) {
		for i, n := range c.Storage[name].Nodes {
			r.knownNode(model.Path{"cluster", "storage", name, "nodes", fmt.Sprint(i)}, n, fmt.Sprintf("storage class %s lies on node %s", name, n))
		}
	}
	addresses := map[string]string{}
	for _, name := range sorted(c.Nodes) {
		n, at := c.Nodes[name], model.Path{"cluster", "nodes", name}
		if n.Arch == "" {
			r.Error(at, "app/missing-field", fmt.Sprintf("node %s has no architecture", name), "images are matched against it", `add arch: "arm64" or arch: "amd64"`)
		}
		if n.Address == "" {
			continue
		}
		if _, err := netip.ParseAddr(n.Address); err != nil {
			r.Error(at.Join("address"), "network/bad-address", fmt.Sprintf("%q is no address", n.Address), "NetworkPolicies know no names", "write it like 192.168.1.11")
		}
		if other, twice := addresses[n.Address]; twice {
			r.Error(at.Join("address"), "cluster/address-twice", fmt.Sprintf("node %s has address %s", name, n.Address), fmt.Sprintf("node %s has it too", other), "correct one")
		}
		addresses[n.Address] = name
	}
	for _, name := range sorted(r.apps) {
		for _, w := range r.apps[name] {
			r.checkLength(w)
		}
	}
	r.checkUnitNames()
	if c.Network.CNI == "kube-router" && c.Kubernetes.Brings("network-policy") {
		r.Error(model.Path{"cluster", "network", "cni"}, "cluster/duplicate", "the network plugin is kube-router", "K3s runs its network policy controller too, and both write the same rules",
			`start K3s with --disable-network-policy and write cluster: kubernetes: bundled: "network-policy": false`)
	}
}

// checkUnitNames reports names that would make two units one.
func (r *scope) checkUnitNames() {
	for _, set := range []struct {
		kind, section string
		names         []string
	}{{"an app", "apps", sorted(r.d.Apps)}, {"a chart", "charts", sorted(r.d.Charts)}} {
		for _, name := range set.names {
			at := model.Path{set.section, name}
			if reserved(name) {
				r.Error(at, "name/reserved", fmt.Sprintf("%s is called %s", set.kind, name), "a unit of the cluster itself has that name", "rename it")
			}
			if chart, config := strings.CutSuffix(name, configSuffix); config && r.d.Charts[chart] != nil {
				r.Error(at, "name/taken", fmt.Sprintf("%s is called %s", set.kind, name), fmt.Sprintf("the unit with what chart %s is told has that name", chart), "rename it")
			}
			if set.section == "charts" && r.d.Apps[name] != nil {
				r.Error(at, "name/taken", fmt.Sprintf("a chart is called %s", name), "an app is called that too, and after, connects and Flux know both by name", "rename one of them")
			}
		}
	}
}

// checkLength reports a workload whose name Kubernetes would refuse: a Service's
// has 63 characters at most, and what adds its own ending leaves 52.
func (r *scope) checkLength(w *workload) {
	limit := 63
	if kind := w.kind(); kind == "CronJob" || kind == "StatefulSet" {
		limit = 52
	}
	if len(w.full) > limit {
		r.Error(w.at, "name/too-long", fmt.Sprintf("the objects of this workload are called %s, %d characters", w.full, len(w.full)),
			fmt.Sprintf("a %s has %d at most", w.kind(), limit), "shorten the name of the app or of the workload")
	}
}

func (r *scope) knownNode(at model.Path, name, fact string) {
	if nodes := sorted(r.d.Cluster.Nodes); !slices.Contains(nodes, name) {
		r.Error(at, "place/unknown-node", fact, has("this cluster", "node", nodes), finding.DidYouMean(name, nodes, "name one of them"))
	}
}
