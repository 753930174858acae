package resolve

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
)

// declarations checks what is declared, before anything is decided from it.
type declarations struct{ *scope.Scope }

// check reports facts of the cluster that contradict each other, or that
// everything else needs.
func (r declarations) check() {
	c := r.Desired.Cluster
	if c.Name == "" {
		r.Error(model.Path{"cluster"}, "app/missing-field", "the cluster has no name", "its tree lies below that name", `add cluster: name: "…"`)
	}
	if want := r.Inputs.Dir[strings.LastIndex(r.Inputs.Dir, "/")+1:]; c.Name != "" && c.Name != want {
		r.Error(model.Path{"cluster", "name"}, "cluster/name", fmt.Sprintf("the cluster is called %s", c.Name), fmt.Sprintf("it lies in %s", r.Inputs.Dir), fmt.Sprintf("rename one: the tree would be flux-system/%s", c.Name))
	}
	r.checkTimezone()
	for _, name := range slices.Sorted(maps.Keys(c.Network.Pools)) {
		if _, _, err := model.Range(c.Network.Pools[name]); err != nil {
			pool := c.Network.Pools[name]
			at, problem, fix := model.Path{"cluster", "network", "pools", name}, fmt.Sprintf("pool %s is %q", name, pool), "write it like `192.168.1.240-192.168.1.250`"
			if last, first, both := strings.Cut(pool, "-"); both {
				turned := strings.TrimSpace(first) + "-" + strings.TrimSpace(last)
				if _, _, err := model.Range(turned); err == nil {
					r.Error(at, "network/bad-address", problem, "its last address comes before its first", fmt.Sprintf("write `%q`", turned))
					continue
				}
			}
			r.Error(at, "network/bad-address", problem, "a pool is its first and its last address, or a range", fix)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Ceilings)) {
		at := model.Path{"cluster", "ceilings", name}
		for i, n := range c.Ceilings[name].Nodes {
			r.KnownNode(at.Join("nodes", fmt.Sprint(i)), n, fmt.Sprintf("ceiling %s spans node %s", name, n))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Storage)) {
		for i, n := range c.Storage[name].Nodes {
			r.KnownNode(model.Path{"cluster", "storage", name, "nodes", fmt.Sprint(i)}, n, fmt.Sprintf("storage class %s lies on node %s", name, n))
		}
	}
	addresses := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Nodes)) {
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
	for _, name := range slices.Sorted(maps.Keys(r.Apps)) {
		for _, w := range r.Apps[name] {
			r.checkLength(w)
		}
	}
	r.checkUnitNames()
	r.checkPlugin()
	r.checkRanges()
	r.empty()
}

// checkUnitNames reports names that would make two units one.
func (r declarations) checkUnitNames() {
	own := map[string]*scope.Workload{} // units that workloads have for themselves
	for _, app := range slices.Sorted(maps.Keys(r.Apps)) {
		for _, w := range r.Apps[app] {
			if len(w.Declared.After) == 0 {
				continue
			}
			chart, config := strings.CutSuffix(w.Full, scope.ConfigSuffix)
			if other := own[w.Full]; other != nil || scope.Reserved(w.Full) || config && r.Desired.Charts[chart] != nil {
				r.Error(w.At, "name/taken", fmt.Sprintf("the unit of this workload would be called %s, and another unit is", w.Full), "", "rename the workload, or remove its after")
			}
			own[w.Full] = w
		}
	}
	for _, set := range []struct {
		kind, section string
		names         []string
	}{{"an app", "apps", slices.Sorted(maps.Keys(r.Desired.Apps))}, {"a chart", "charts", slices.Sorted(maps.Keys(r.Desired.Charts))}} {
		for _, name := range set.names {
			at := model.Path{set.section, name}
			if scope.Reserved(name) {
				r.Error(at, "name/reserved", fmt.Sprintf("%s is called %s", set.kind, name), "a unit of the cluster itself has that name", "rename it")
			}
			if chart, config := strings.CutSuffix(name, scope.ConfigSuffix); config && r.Desired.Charts[chart] != nil {
				r.Error(at, "name/taken", fmt.Sprintf("%s is called %s", set.kind, name), fmt.Sprintf("the unit with the values of chart %s has that name", chart), "rename it")
			}
			if w := own[name]; w != nil && w.Namespace != r.namespaceOf(set.section, name) { // else its objects are made twice, which is reported
				r.Error(at, "name/taken", fmt.Sprintf("%s is called %s, as is the unit of workload %s", set.kind, name, w.At), "", "rename one of them")
			}
			if set.section == "charts" && r.Desired.Apps[name] != nil {
				r.Error(at, "name/taken", fmt.Sprintf("a chart is called %s", name), "an app is called that too, and after, connects and Flux know both by name", "rename one of them")
			}
		}
	}
}

// namespaceOf is the namespace of an app or chart.
func (r declarations) namespaceOf(section, name string) string {
	if section == "apps" {
		return r.Desired.Apps[name].Namespace
	}
	return r.Desired.Charts[name].Namespace
}

// checkLength reports a workload whose name Kubernetes would refuse: a Service's
// has 63 characters at most, and what adds its own ending leaves 52.
func (r declarations) checkLength(w *scope.Workload) {
	limit := 63
	if kind := w.Kind(); kind == "CronJob" || kind == "StatefulSet" {
		limit = 52
	}
	if len(w.Full) > limit {
		r.Error(w.At, "name/too-long", fmt.Sprintf("the objects of this workload are called %s, %d characters", w.Full, len(w.Full)),
			fmt.Sprintf("a %s has %d at most", w.Kind(), limit), "shorten the name of the app or of the workload")
	}
}

// checkTimezone reports a time zone that the API server does not know. Programs take it
// for UTC without a word.
func (r declarations) checkTimezone() {
	zone := r.Desired.Cluster.Timezone
	if valid.TimeZone(zone) != "" {
		r.Error(model.Path{"cluster", "timezone"}, "cluster/timezone", fmt.Sprintf("the cluster's time zone is %q", zone), "there is no such zone, so CronJobs are refused and every program keeps UTC", "write its IANA name, such as Europe/Copenhagen")
	}
}
