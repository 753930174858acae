package apiserver

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver/internal/builtin"
	"stillsuit.dev/checks/apiserver/internal/refusal"
	"stillsuit.dev/checks/apiserver/internal/versions"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

//go:embed doc.go
var doc string

// Checker checks what the API server rejects.
func Checker(opts *Options) *checks.Checker {
	if opts == nil {
		opts = &Options{}
	}
	run := func(pass *checks.Pass) error { return run(pass, opts) }
	return &checks.Checker{Name: "apiserver", Doc: checks.Doc(doc), Codes: slices.Concat(codes(), customCodes(), versions.Codes()), Run: run}
}

func run(pass *checks.Pass, opts *Options) error {
	minor := pass.Minor
	if minor == 0 {
		minor = builtin.Newest
	}
	newer(pass)
	customs(context.Background(), pass, opts.Definitions)
	return builtin.Each(minor, served(pass), func(o *manifest.Object, refusals []refusal.Refusal) {
		report(pass, o, refusals)
	})
}

// served are the objects of which the API server has the kind, in that version. What is wrong
// with the version or kind of the others is reported, and nothing else of them.
func served(pass *checks.Pass) []*manifest.Object {
	by := versions.New(pass.Minor, pass.Cluster != nil, groups(pass.Objects))
	var out []*manifest.Object
	for _, o := range pass.Objects {
		refusals := by.Check(o.APIVersion, o.Kind, o.DisplayName())
		report(pass, o, refusals)
		if !slices.ContainsFunc(refusals, func(r refusal.Refusal) bool { return r.Severity == finding.Error }) {
			out = append(out, o)
		}
	}
	return out
}

func report(pass *checks.Pass, o *manifest.Object, refusals []refusal.Refusal) {
	for _, r := range refusals {
		at := pass.ByPatch(inventory.Spot{Object: o, Keys: r.Keys})
		if !found(pass, at) {
			pass.Report(at, finding.Finding{Code: r.Code, Severity: r.Severity, Problem: r.Problem, Detail: r.Detail, Fix: r.Fix})
		}
	}
}

// newer notes a cluster with a Kubernetes whose rules are not known.
func newer(pass *checks.Pass) {
	if pass.Minor <= builtin.Newest {
		return
	}
	pass.Note(inventory.Spot{Path: []string{"kubernetes", "version"}}, versions.CodeNewer, fmt.Sprintf("the cluster runs Kubernetes 1.%d, and this stillsuit has the rules of 1.%d for fields", pass.Minor, builtin.Newest),
		fmt.Sprintf("fields were checked by the rules of 1.%d, and versions of kinds by what 1.%d has", builtin.Newest, min(pass.Minor, apis.Newest)), "use a newer stillsuit when there is one")
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

// found reports whether somebody who read the object reported the value at a spot already.
func found(pass *checks.Pass, at inventory.Spot) bool {
	return slices.ContainsFunc(pass.Found, func(f inventory.Found) bool {
		n := len(f.About.Keys)
		return n > 0 && f.About.Object == at.Object && n <= len(at.Keys) && slices.Equal(f.About.Keys, at.Keys[:n])
	})
}
