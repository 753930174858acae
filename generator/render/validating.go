package render

import (
	"fmt"
	"slices"
	"strconv"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// groupKyverno is the API group of Kyverno's policies.
const groupKyverno = "policies.kyverno.io"

// pathPolicies is where a cluster chooses.
func pathPolicies(below ...string) model.Path {
	return model.Path{"cluster", "policies"}.Join(below...)
}

// policies decides which policies of the library the cluster holds, and what is let off
// them. Kyverno asks them, or the API server itself.
type policies struct {
	*scope
	written []rawObject // by apps and charts
}

// resolve decides about all that the cluster chose, but for those that only a check asks.
func (r policies) resolve() resolvedPolicies {
	if r.d.Cluster.Policies == nil {
		return resolvedPolicies{}
	}
	out := resolvedPolicies{params: model.Parameters(r.d, r.in.Lock)}
	chosen := slices.DeleteFunc(r.chosen(), func(p LibraryPolicy) bool { return p.Where == model.InCI })
	excuses := r.excuses(chosen)
	if r.d.Cluster.Policies.Pods != "" {
		out.natives = r.natives(chosen, excuses)
		return out
	}
	c := r.providers[groupKyverno]
	if len(chosen) > 0 {
		c = r.kyverno()
	}
	if c == nil || len(chosen)+len(excuses) == 0 {
		return out
	}
	out.asked = chosen
	if len(excuses) > 0 {
		r.takesExceptions(c)
		out.exceptions, out.namespace = excuses, c.Namespace
	}
	return out
}

// chosen are the policies that the cluster holds itself to. What it names and is not
// there is reported.
func (r policies) chosen() []LibraryPolicy {
	declared := r.d.Cluster.Policies
	var sets, names, params []string
	out := make([]LibraryPolicy, 0, len(r.in.Library))
	for _, p := range r.in.Library {
		sets, names = append(sets, p.Sets...), append(names, p.PolicyMarks.Name)
		if declared.Chose(p.PolicyMarks) {
			out, params = append(out, p), append(params, p.Params...)
		}
	}
	for i, set := range declared.Sets {
		if slices.Contains(sets, set) {
			continue
		}
		contrast, mend := "there is no such set of policies", finding.DidYouMean(set, sets, "name one of "+all(sets))
		if i := slices.Index(names, set); i >= 0 {
			contrast, mend = "that is a policy, and clusters choose sets", "name one that it is in: "+all(r.in.Library[i].Sets)
		}
		r.Error(pathPolicies("sets", strconv.Itoa(i)), "policies/choice", "cluster.policies names the set "+set, contrast, mend)
	}
	if len(declared.Sets) == 0 {
		var said []string
		for field, is := range map[string]bool{"action": declared.Action != "", "failure": declared.Failure != "", "off": len(declared.Off) > 0} {
			if is {
				said = append(said, field)
			}
		}
		if slices.Sort(said); len(said) > 0 {
			r.Error(pathPolicies(said[0]), "policies/choice", "cluster.policies says "+all(said), "it chooses no set, so there is no policy that this could be about", `add sets: ["baseline"]`)
		}
	}
	for _, name := range sorted(declared.Off) {
		if !slices.Contains(names, name) {
			r.Error(pathPolicies("off", name), "policies/choice", fmt.Sprintf("cluster.policies turns policy %s off", name), "there is no such policy", finding.DidYouMean(name, names, "remove it"))
		}
	}
	for _, name := range sorted(declared.Params) {
		at := pathPolicies("params", name)
		switch {
		case !slices.Contains(params, name):
			r.Error(at, "policies/parameter", fmt.Sprintf("cluster.policies gives %s a value", name), "no policy that the cluster chose has that parameter", finding.DidYouMean(name, params, "remove it"))
		case slices.Contains(model.MapParameters(), name):
			r.Error(at, "policies/parameter", fmt.Sprintf("cluster.policies gives %s a list", name), "it is a list for each account or namespace, which is made of what boundaries and workspaces are declared", "remove it")
		}
	}
	return out
}

// kyverno is the chart that asks the policies. Without one it returns nil, and has
// reported that.
func (r policies) kyverno() *chart {
	c := r.providers[groupKyverno]
	if c == nil {
		contrast, mend := "no chart here provides "+groupKyverno+", so nothing would ask them", `add charts: kyverno: from: "kyverno", or write pods: "none"`
		for _, name := range sorted(r.d.Charts) {
			if c := r.d.Charts[name]; slices.Contains(c.Provides, groupKyverno) {
				contrast, mend = fmt.Sprintf("chart %s, which asks them, is off: %s", name, c.Off), `switch it on, or write pods: "none"`
			}
		}
		r.Error(pathPolicies("sets"), "cluster/no-chart", "policies are chosen", contrast, mend)
		return nil
	}
	if c.Namespace == "" { // reported
		return nil
	}
	return c
}

// policyNames are those of the policies.
func policyNames(all []LibraryPolicy) []string {
	var out []string
	for _, p := range all {
		out = append(out, p.PolicyMarks.Name)
	}
	return out
}

// takesExceptions reports a Kyverno that would not look at the cluster's exceptions: by
// default it takes none (kyverno chart 3.9, features.policyExceptions).
func (r policies) takesExceptions(c *chart) {
	features, _ := c.Values["features"].(map[string]any)
	values, _ := features["policyExceptions"].(map[string]any)
	if from, _ := values["namespace"].(string); c.Outside != "" || values["enabled"] == true && (from == c.Namespace || from == "*") {
		return
	}
	r.Error(c.at, "policies/exceptions-off", fmt.Sprintf("the PolicyExceptions of this cluster lie in namespace %s, that of %s", c.Namespace, c.says()),
		"its values do not let Kyverno take any from there, so they would excuse nothing",
		fmt.Sprintf("write values: features: policyExceptions: {enabled: true, namespace: %q}", c.Namespace))
}
