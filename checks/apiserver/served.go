package apiserver

import (
	"slices"

	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/checks/apiserver/internal/versions"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// served are the objects of which the API server has the kind, in that version. What is wrong
// with the version or kind of the others is reported, and nothing else of them.
func (r *reporter) served() []*manifest.Object {
	by := versions.New(r.Minor, r.Cluster != nil, groups(r.Objects))
	var out []*manifest.Object
	for _, o := range r.Objects {
		refusals := by.Check(o.APIVersion, o.Kind, o.DisplayName())
		r.report(o, refusals)
		if !slices.ContainsFunc(refusals, func(why refusal.Refusal) bool { return why.Severity == finding.Error }) {
			out = append(out, o)
		}
	}
	return out
}

// newer notes a cluster with a Kubernetes whose rules are not known.
func (r *reporter) newer() {
	if n := versions.Newer(r.Minor, builtin.Newest); n != nil {
		r.Report(inventory.Spot{Path: n.Keys}, finding.Finding{Code: n.Code, Severity: n.Severity, Problem: n.Problem, Detail: n.Detail, Fix: n.Fix})
	}
}

// groups are those that CustomResourceDefinitions and APIServices among the objects define.
func groups(objects []*manifest.Object) []string {
	var out []string
	for _, o := range objects {
		if o.Kind != "CustomResourceDefinition" && o.Kind != "APIService" {
			continue
		}
		content := o.Written
		if m, is := o.Value.(map[string]any); is {
			content = m
		}
		spec, _ := content["spec"].(map[string]any)
		if group, _ := spec["group"].(string); group != "" {
			out = append(out, group)
		}
	}
	return out
}
