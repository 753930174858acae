package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library/fixture"
)

// kyvernoTests are each policy's kyverno-test.yaml.
func kyvernoTests(_ context.Context, root string) (map[string]string, error) {
	library := os.DirFS(filepath.Join(root, libraryDir))
	namespaces, err := fixture.Objects(library, "namespaces.yaml")
	if err != nil {
		return nil, err
	}
	folders, err := fixture.Read(library)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, f := range folders {
		p, err := admission.Parse(f.Policy)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		text, err := yaml.Marshal(kyverno(p, f, namespaces))
		if err != nil {
			return nil, err
		}
		out[libraryDir+"/"+f.Name+"/kyverno-test.yaml"] = "# Made from the objects beside it by make golden.\n" + string(text)
	}
	return out, nil
}

// kyvernoTest is a test of the Kyverno CLI (cli.kyverno.io/v1alpha1).
type kyvernoTest struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   map[string]string `json:"metadata"`
	Policies   []string          `json:"policies"`
	Resources  []string          `json:"resources"`
	Context    string            `json:"context,omitempty"`
	Values     *values           `json:"values,omitempty"`
	Results    []result          `json:"results"`
}

type values struct {
	Namespaces []map[string]any `json:"namespaces"`
}

type result struct {
	Policy             string   `json:"policy"`
	IsValidatingPolicy bool     `json:"isValidatingPolicy"`
	Kind               string   `json:"kind"`
	Result             string   `json:"result"`
	Resources          []string `json:"resources"`
}

// kyverno is the test of a policy, made from its objects: one that is not listed there
// would be judged by nobody.
func kyverno(p *admission.Policy, folder fixture.Folder, namespaces []map[string]any) kyvernoTest {
	k := kyvernoTest{
		APIVersion: "cli.kyverno.io/v1alpha1", Kind: "Test", Metadata: map[string]string{"name": folder.Name},
		Policies: []string{"policy.yaml"}, Resources: []string{"good.yaml", "bad.yaml"},
	}
	if len(folder.Context) > 0 {
		k.Context = "context.yaml"
	}
	var used []string
	for _, c := range slices.Concat(folder.Good, folder.Bad) {
		u := unstructured.Unstructured{Object: c.Object}
		name := u.GetName()
		if ns := u.GetNamespace(); ns != "" {
			name = ns + "/" + name
			used = append(used, ns)
		}
		verdict := "pass"
		switch {
		case c.Skipped != "" && len(p.Spec.MatchConditions) == 0:
			continue // the CLI says nothing of what a selector keeps out
		case c.Skipped != "":
			verdict = "skip"
		case len(c.Fails) > 0:
			verdict = "fail"
		}
		i := slices.IndexFunc(k.Results, func(r result) bool { return r.Kind == u.GetKind() && r.Result == verdict })
		if i < 0 {
			i = len(k.Results)
			k.Results = append(k.Results, result{Policy: p.Name, IsValidatingPolicy: true, Kind: u.GetKind(), Result: verdict})
		}
		k.Results[i].Resources = append(k.Results[i].Resources, name)
	}
	if slices.Sort(used); len(used) > 0 {
		k.Values = &values{}
		for _, ns := range slices.Compact(used) {
			k.Values.Namespaces = append(k.Values.Namespaces, namespace(namespaces, ns))
		}
	}
	return k
}

// namespace is the object of a namespace; nil when it is not among them.
func namespace(all []map[string]any, name string) map[string]any {
	for _, n := range all {
		if u := (unstructured.Unstructured{Object: n}); u.GetName() == name {
			return n
		}
	}
	return nil
}
