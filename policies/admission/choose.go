package admission

import (
	"cmp"
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/policies"
)

// choose returns the given policies that the cluster holds itself to. The render has
// told of what it names and is not there.
func (c *check) choose(given []*Policy) []*Policy {
	return slices.DeleteFunc(slices.Clone(given), func(p *Policy) bool { return !c.choice.Chose(p.marks()) })
}

// at is a place in cluster.policies.
func at(below ...string) policies.Spot {
	return policies.Spot{Labels: slices.Concat([]string{"policies"}, below)}
}

// declared are the exceptions of cluster.policies, and what apps are exempt from, but
// for what the tree holds as PolicyExceptions.
func (c *check) declared(all []*Policy, ofTree []*Exception) []*Exception {
	var out []*Exception
	add := func(e *Exception, origin ...string) {
		e.Policies = slices.DeleteFunc(e.Policies, func(policy string) bool {
			return slices.ContainsFunc(ofTree, func(o *Exception) bool {
				return slices.Equal(o.Object.Origin, origin) && slices.Contains(o.Policies, policy)
			})
		})
		if len(e.Policies) > 0 {
			out = append(out, e)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.choice.Exceptions)) {
		e := c.choice.Exceptions[name]
		if e.Policy != "" && cmp.Or(e.App, e.Namespace) != "" { // else it is reported, and excuses nothing
			add(&Exception{Name: name, Policies: []string{e.Policy}, App: e.App, Namespace: e.Namespace, Until: e.Until}, "cluster", "policies", "exceptions", name)
		}
	}
	for _, e := range model.Exemptions(c.Apps, c.Charts) {
		var from []string
		for _, p := range all {
			if p.chosen() && slices.Contains(p.Exempt, e.Field) {
				from = append(from, p.Name)
			}
		}
		add(&Exception{Name: e.At.String() + " " + e.Field, Policies: from, PodsOf: e.At}, e.At...)
	}
	return out
}

// chosen reports whether the policy is one of the library, or was rendered from it.
func (p *Policy) chosen() bool {
	return p.Object == nil || len(p.Object.Origin) > 1 && p.Object.Origin[0] == "cluster" && p.Object.Origin[1] == "policies"
}
