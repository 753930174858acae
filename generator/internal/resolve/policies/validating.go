// Package policies decides which admission policies a cluster has, and what is exempt.
package policies

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/written"
	"stillsuit.dev/generator/model"
)

// PathPolicies is where a cluster chooses.
func PathPolicies(below ...string) model.Path {
	return model.Path{"cluster", "policies"}.Join(below...)
}

// Policies decides which policies of the library the cluster holds, and what is let off
// them. Kyverno asks them, or the API server itself.
type Policies struct {
	*scope.Scope
	Written []written.Object // by apps and charts
}

// Resolve decides about all that the cluster chose, but for those that only a check asks.
func (r Policies) Resolve() Resolved {
	if r.Desired.Cluster.Policies == nil {
		return Resolved{}
	}
	out := Resolved{Params: model.Parameters(r.Desired, r.Inputs.Lock)}
	chosen := slices.DeleteFunc(r.chosen(), func(p policy.Policy) bool { return p.Where == model.InCI })
	excuses := r.excuses(chosen)
	if r.Desired.Cluster.Policies.Pods != "" {
		out.Natives = r.natives(chosen, excuses)
		return out
	}
	c := r.Providers[kinds.GroupKyverno]
	if len(chosen) > 0 {
		c = r.kyverno()
	}
	if c == nil || len(chosen)+len(excuses) == 0 {
		return out
	}
	out.Asked = chosen
	if len(excuses) > 0 {
		r.takesExceptions(c)
		out.Exceptions, out.Namespace = excuses, c.Declared.Namespace
	}
	return out
}

// chosen are the policies that the cluster holds itself to. What it names and is not
// there is reported.
func (r Policies) chosen() []policy.Policy {
	declared := r.Desired.Cluster.Policies
	var sets, names, params []string
	out := make([]policy.Policy, 0, len(r.Inputs.Library))
	for _, p := range r.Inputs.Library {
		sets, names = append(sets, p.Sets...), append(names, p.PolicyMarks.Name)
		if declared.Chose(p.PolicyMarks) {
			out, params = append(out, p), append(params, p.Params...)
		}
	}
	for i, set := range declared.Sets {
		if slices.Contains(sets, set) {
			continue
		}
		contrast, mend := "there is no such set of policies", finding.DidYouMean(set, sets, "name one of "+finding.AllSorted(sets))
		if i := slices.Index(names, set); i >= 0 {
			contrast, mend = "that is a policy, and clusters choose sets", "name one that it is in: "+finding.AllSorted(r.Inputs.Library[i].Sets)
		}
		r.Error(PathPolicies("sets", strconv.Itoa(i)), "policies/choice", "cluster.policies names the set "+set, contrast, mend)
	}
	if len(declared.Sets) == 0 {
		var said []string
		for field, is := range map[string]bool{"action": declared.Action != "", "failure": declared.Failure != "", "off": len(declared.Off) > 0} {
			if is {
				said = append(said, field)
			}
		}
		if slices.Sort(said); len(said) > 0 {
			r.Error(PathPolicies(said[0]), "policies/choice", "cluster.policies says "+finding.AllSorted(said), "it chooses no set, so there is no policy that this could be about", `add sets: ["baseline"]`)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(declared.Off)) {
		if !slices.Contains(names, name) {
			r.Error(PathPolicies("off", name), "policies/choice", fmt.Sprintf("cluster.policies turns policy %s off", name), "there is no such policy", finding.DidYouMean(name, names, "remove it")).Like(name, names)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(declared.Params)) {
		at := PathPolicies("params", name)
		switch {
		case !slices.Contains(params, name):
			r.Error(at, "policies/parameter", fmt.Sprintf("cluster.policies gives %s a value", name), "no policy that the cluster chose has that parameter", finding.DidYouMean(name, params, "remove it")).Like(name, params)
		case slices.Contains(model.MapParameters(), name):
			r.Error(at, "policies/parameter", fmt.Sprintf("cluster.policies gives %s a list", name), "it is a list for each account or namespace, which is made of what boundaries and workspaces are declared", "remove it")
		}
	}
	return out
}

// kyverno is the chart that asks the policies. Without one it returns nil, and has
// reported that.
func (r Policies) kyverno() *scope.Chart {
	c := r.Providers[kinds.GroupKyverno]
	if c == nil {
		contrast, mend := "no chart here provides "+kinds.GroupKyverno+", so nothing would ask them", `add charts: kyverno: from: "kyverno", or write pods: "none"`
		for _, name := range slices.Sorted(maps.Keys(r.Desired.Charts)) {
			if c := r.Desired.Charts[name]; slices.Contains(c.Provides, kinds.GroupKyverno) {
				contrast, mend = fmt.Sprintf("chart %s, which asks them, is off: %s", name, c.Off), `switch it on, or write pods: "none"`
			}
		}
		r.Error(PathPolicies("sets"), "cluster/no-chart", "policies are chosen", contrast, mend)
		return nil
	}
	if c.Declared.Namespace == "" { // reported
		return nil
	}
	return c
}

// policyNames are those of the policies.
func policyNames(all []policy.Policy) []string {
	var out []string
	for _, p := range all {
		out = append(out, p.PolicyMarks.Name)
	}
	return out
}

// takesExceptions reports a Kyverno that would not look at the cluster's exceptions: by
// default it takes none (kyverno chart 3.9, features.policyExceptions).
func (r Policies) takesExceptions(c *scope.Chart) {
	features, _ := c.Declared.Values["features"].(map[string]any)
	values, _ := features["policyExceptions"].(map[string]any)
	if from, _ := values["namespace"].(string); c.Declared.Outside != "" || values["enabled"] == true && (from == c.Declared.Namespace || from == "*") {
		return
	}
	r.Error(c.At, "policies/exceptions-off", fmt.Sprintf("the PolicyExceptions of this cluster lie in namespace %s, that of %s", c.Declared.Namespace, c.Says()),
		"its values do not let Kyverno take any from there, so they would excuse nothing",
		fmt.Sprintf("write values: features: policyExceptions: {enabled: true, namespace: %q}", c.Declared.Namespace))
}

// Resolved are the policies that the cluster holds, and what is let off them.
type Resolved struct {
	Params     map[string]string // in CEL, by name
	Asked      []policy.Policy   // by Kyverno
	Natives    []Native          // asked by the API server
	Exceptions []Exception       // that Kyverno looks for
	Namespace  string            // of Kyverno, where it looks
}
