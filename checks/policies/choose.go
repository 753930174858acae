package policies

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// choose returns the given policies that the cluster holds itself to. The render has
// told of what it names and is not there.
func (c *check) choose(given []*admission.Policy) []*admission.Policy {
	return slices.DeleteFunc(slices.Clone(given), func(p *admission.Policy) bool { return !c.choice.Chose(p.Marks()) })
}

// ownNames returns the policies of a tree but for those that have the name of one that
// the cluster chose, and tells of these: they would be asked in its place.
func (c *check) ownNames(own, chosen []*admission.Policy) []*admission.Policy {
	return slices.DeleteFunc(own, func(p *admission.Policy) bool {
		taken := !ofLibrary(p) && p.Namespace == "" && slices.ContainsFunc(chosen, func(q *admission.Policy) bool { return q.Name == p.Name })
		if taken {
			c.Error(inventory.Spot{Object: p.Object, Keys: []string{"metadata", "name"}}, "admission/policy-name",
				fmt.Sprintf("%s has the name of a policy of the library", p.Object.DisplayName()), "the cluster chose that one, and it is asked", "give yours another name, or name that one in cluster.policies.off")
		}
		return taken
	})
}

// known are the policies of the options that can be asked without a cluster's CUE. One
// note names the others, with what they lack.
func (c *check) known(opts *Options) []*admission.Policy {
	var out []*admission.Policy
	var left, lacking []string
	for _, p := range opts.Asked {
		lacks := slices.DeleteFunc(slices.Clone(p.Params), func(name string) bool {
			_, given := opts.Params[name]
			return given || !slices.Contains(model.ClusterParameters(), name)
		})
		if p.Where == admission.InCluster || len(lacks) > 0 {
			left, lacking = append(left, p.Name), append(lacking, lacks...)
			continue
		}
		out = append(out, p)
	}
	if len(left) == 0 {
		return out
	}
	slices.Sort(lacking)
	lacking = slices.Compact(lacking)
	what, mend := "what they go by", "declare the cluster in CUE"
	if len(left) == 1 {
		what = "what it goes by"
	}
	lists := slices.DeleteFunc(slices.Clone(lacking), func(name string) bool { return slices.Contains(model.MapParameters(), name) })
	switch len(lists) {
	case 0:
	case 1:
		mend = "write --param " + lists[0] + "=…"
	default:
		mend = "write --param NAME=VALUE,… for " + finding.All(lists)
	}
	contrast := what + " is known from a cluster's CUE alone: " + finding.All(lacking)
	if len(lacking) == 0 {
		contrast = what + " is known in a cluster alone"
	}
	c.Note(inventory.Spot{}, "admission/not-asked", "nothing was checked against "+finding.All(left), contrast, mend)
	return out
}

// at is a place in cluster.policies.
func at(below ...string) inventory.Spot {
	return inventory.Spot{Path: slices.Concat([]string{"policies"}, below)}
}

// declared are the exceptions of cluster.policies, and what apps are exempt from, but
// for what the tree holds as PolicyExceptions.
func (c *check) declared(all []*admission.Policy, ofTree []*admission.Exception) []*admission.Exception {
	var out []*admission.Exception
	add := func(e *admission.Exception, origin ...string) {
		e.Policies = slices.DeleteFunc(e.Policies, func(policy string) bool {
			return slices.ContainsFunc(ofTree, func(o *admission.Exception) bool {
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
			add(&admission.Exception{Name: name, Policies: []string{e.Policy}, App: e.App, Namespace: e.Namespace, Until: e.Until}, "cluster", "policies", "exceptions", name)
		}
	}
	for _, e := range model.Exemptions(c.Apps, c.Charts) {
		var from []string
		for _, p := range all {
			if ofLibrary(p) && slices.Contains(p.Exempt, e.Field) {
				from = append(from, p.Name)
			}
		}
		add(&admission.Exception{Name: e.At.String() + " " + e.Field, Policies: from, PodsOf: e.At}, e.At...)
	}
	return out
}

// ofLibrary reports whether the policy is one of the library, or was rendered from it.
func ofLibrary(p *admission.Policy) bool {
	return p.Object == nil || len(p.Object.Origin) > 1 && p.Object.Origin[0] == "cluster" && p.Object.Origin[1] == "policies"
}

// byName sorts policies. What a tree holds is asked as it stands there, with the action
// and the values that it has.
func byName(library, tree []*admission.Policy) []*admission.Policy {
	all := map[string]*admission.Policy{}
	for _, p := range slices.Concat(library, tree) {
		all[p.Namespace+"/"+p.Name] = p
	}
	return slices.SortedFunc(maps.Values(all), func(a, b *admission.Policy) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Namespace, b.Namespace))
	})
}
