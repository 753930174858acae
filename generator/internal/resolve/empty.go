package resolve

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
)

// empty reports rules that name nothing, and so render nothing. In an app or chart with a
// catalogue entry an empty list takes the place of the entry's, so it may be meant there.
func (r declarations) empty() {
	for _, name := range slices.Sorted(maps.Keys(r.Apps)) {
		app := r.Desired.Apps[name]
		for _, w := range r.Apps[name] {
			d := w.Declared
			r.emptyRules(rules{at: w.At, replaces: app.From != "", connects: d.Connects, clients: d.Clients, internet: d.Internet, lan: d.LAN})
			for _, g := range slices.Sorted(maps.Keys(d.Grants)) {
				r.emptyGrant(w.At.Join("grants", g), d.Grants[g].Allow)
			}
		}
		r.emptyFrom(model.Path{"apps", name}, app.From != "", app.Expose)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Charts)) {
		d := r.Charts[name].Declared
		at := model.Path{"charts", name}
		r.emptyRules(rules{at: at, replaces: d.From != "", connects: d.Connects, clients: d.Clients, internet: d.Internet, lan: d.LAN})
		r.emptyFrom(at, d.From != "", d.Expose)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.RBAC)) {
		entry, at := r.Desired.RBAC[name], model.Path{"rbac", name}
		r.emptyGrant(at, entry.Allow)
		for _, g := range slices.Sorted(maps.Keys(entry.Grants)) {
			r.emptyGrant(at.Join("grants", g), entry.Grants[g].Allow)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Namespaces)) {
		ns, at := r.Desired.Namespaces[name], model.Path{"namespaces", name}
		if q := ns.Quota; q != nil && *q == (model.Quota{}) && ns.Workspace == "" {
			r.Warn(at.Join("quota"), "app/empty", fmt.Sprintf("the quota of namespace %s limits nothing", name), "a quota without amounts renders no ResourceQuota", `write what it limits, such as quota: memory: "2Gi", or remove it`)
		}
		if l := ns.LimitRange; l != nil && none(l.Requests) && none(l.Limits) && ns.Workspace == "" {
			r.Warn(at.Join("limitRange"), "app/empty", fmt.Sprintf("the limit range of namespace %s gives nothing", name), "a limit range without amounts renders no LimitRange", `write what containers get, such as limitRange: requests: memory: "64Mi", or remove it`)
		}
	}
}

// none reports whether resources name no amount.
func none(r *model.Resources) bool { return r == nil || r.CPU == nil && r.Memory == nil }

// rules are what a workload or chart says of its traffic.
type rules struct {
	at                model.Path
	replaces          bool
	connects, clients map[string][]string
	internet          *model.Ports
	lan               map[string]model.Ports
}

func (r declarations) emptyRules(of rules) {
	if of.internet != nil && len(of.internet.TCP)+len(of.internet.UDP) == 0 && !of.replaces {
		r.Warn(of.at.Join("internet"), "app/empty", fmt.Sprintf("internet of %s names no port", of.at), "it opens nothing", "add tcp: [443], or remove internet")
	}
	for _, address := range slices.Sorted(maps.Keys(of.lan)) {
		if ports := of.lan[address]; len(ports.TCP)+len(ports.UDP) == 0 && !of.replaces {
			r.Warn(of.at.Join("lan", address), "app/empty", fmt.Sprintf("lan of %s names no port of %s", of.at, address), "it opens nothing", "add tcp: […] with the ports, or remove the address")
		}
	}
	for field, lists := range map[string]map[string][]string{"connects": of.connects, "clients": of.clients} {
		for _, to := range slices.Sorted(maps.Keys(lists)) {
			if len(lists[to]) == 0 && !of.replaces {
				r.Warn(of.at.Join(field, to), "app/empty", fmt.Sprintf("%s of %s names no port for %s", field, of.at, to), "it opens nothing", fmt.Sprintf("write the names of the ports, or remove %s", to))
			}
		}
	}
}

// emptyGrant reports resources that are allowed without a verb.
func (r declarations) emptyGrant(at model.Path, allow map[string][]string) {
	for _, resource := range slices.Sorted(maps.Keys(allow)) {
		if len(allow[resource]) == 0 {
			r.Error(at.Join("allow", resource), "app/empty", fmt.Sprintf("%s allows no verb on %s", at, resource), "the API server refuses a rule without verbs", `write the verbs, such as ["get", "list"], or remove it`)
		}
	}
}

// emptyFrom reports exposures that name nobody in from, which is the same as saying nothing.
func (r declarations) emptyFrom(at model.Path, replaces bool, exposes map[string]*model.Expose) {
	for _, name := range slices.Sorted(maps.Keys(exposes)) {
		if e := exposes[name]; e.From != nil && len(e.From) == 0 && !replaces {
			r.Warn(at.Join("expose", name, "from"), "app/empty", fmt.Sprintf("from of exposure %s names no range", name), "the home network may connect, as without it", "write the ranges that may connect, or remove it")
		}
	}
}
