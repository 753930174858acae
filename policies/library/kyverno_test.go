package library_test

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/policies/library/fixture"
)

var update = flag.Bool("update", false, "write each kyverno-test.yaml and native.yaml, and docs/policies.md")

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

// kyverno is the test of a policy, made from its objects.
func kyverno(p policy, namespaces []map[string]any) kyvernoTest {
	k := kyvernoTest{
		APIVersion: "cli.kyverno.io/v1alpha1", Kind: "Test", Metadata: map[string]string{"name": p.folder.Name},
		Policies: []string{"policy.yaml"}, Resources: []string{"good.yaml", "bad.yaml"},
	}
	if len(p.folder.Context) > 0 {
		k.Context = "context.yaml"
	}
	var used []string
	for _, c := range slices.Concat(p.folder.Good, p.folder.Bad) {
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

// TestKyvernoTests holds each kyverno-test.yaml against the objects beside it: one
// that is not listed there would be judged by nobody.
func TestKyvernoTests(t *testing.T) {
	namespaces, err := fixture.Objects(os.DirFS("."), "namespaces.yaml")
	require.NoError(t, err)
	for _, p := range library(t) {
		want, err := yaml.Marshal(kyverno(p, namespaces))
		require.NoError(t, err)
		compare(t, filepath.Join(p.folder.Name, "kyverno-test.yaml"), "# Made from the objects beside it by go test ./policies/library -update.\n"+string(want))
	}
}

// compare holds a generated file against the text that it must have.
func compare(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(name, []byte(want), 0o644))
	}
	b, err := os.ReadFile(name)
	require.NoError(t, err, "`make golden` writes the file")
	require.Equal(t, want, string(b), "`make golden` writes %s", name)
}
