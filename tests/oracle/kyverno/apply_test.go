package kyverno

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/policies/admission"
)

// reported is one result of `kyverno apply`.
type reported struct {
	Policy    string `json:"policy"`
	Result    string `json:"result"`
	Message   string `json:"message"`
	Resources []struct {
		Kind      string `json:"kind"`
		Namespace string `json:"namespace"`
		Name      string `json:"name"`
	} `json:"resources"`
	Properties map[string]string `json:"properties"`
}

// apply runs `kyverno apply` on the objects, as Flux would send them, and returns the
// results by policy and object.
func apply(t *testing.T, policies [][]byte, namespaces, judged []object) map[string]reported {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, all ...any) string {
		var out bytes.Buffer
		for _, one := range all {
			b, ok := one.([]byte)
			if !ok {
				var err error
				b, err = yaml.Marshal(one)
				require.NoError(t, err)
			}
			out.WriteString("---\n")
			out.Write(b)
		}
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, out.Bytes(), 0o600))
		return file
	}
	args := []string{"tool", "kubectl-kyverno", "apply"}
	for i, b := range policies {
		args = append(args, write(fmt.Sprintf("policy%d.yaml", i), b))
	}
	var objects []any
	for _, o := range judged {
		objects = append(objects, o)
	}
	args = append(args,
		"-r", write("objects.yaml", objects...),
		"-f", write("values.yaml", object{"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "Values", "metadata": object{"name": "values"}, "namespaces": namespaces}),
		"-u", write("user.yaml", object{"apiVersion": "cli.kyverno.io/v1alpha1", "kind": "UserInfo", "metadata": object{"name": "flux"}, "userInfo": object{"username": flux, "groups": fluxGroups()}}),
		"--policy-report", "--output-format", "json", "--continue-on-fail", "--remove-color")
	cmd := exec.CommandContext(t.Context(), "go", args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	b, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) { // it says so when something failed
		require.NoError(t, err, stderr.String())
	}
	var report struct {
		Results []reported `json:"results"`
	}
	require.NoError(t, json.Unmarshal(b, &report), "%s%s", b, stderr.String())
	out := map[string]reported{}
	for _, r := range report.Results {
		require.Len(t, r.Resources, 1)
		key := fmt.Sprintf("%s %s %s/%s", r.Policy, r.Resources[0].Kind, r.Resources[0].Namespace, r.Resources[0].Name)
		require.NotContains(t, out, key)
		out[key] = r
	}
	return out
}

// TestApply holds our verdicts against those of Kyverno's command line, by what it can
// be an oracle for: it answers lookups otherwise than a cluster does, and takes an
// object without a namespace to be in none.
func TestApply(t *testing.T) {
	folders, namespaces := library(t)
	var policies [][]byte
	for _, f := range folders {
		if !bytes.Contains(f.Policy, []byte("resource.")) {
			policies = append(policies, f.Policy)
		}
	}
	require.Greater(t, len(policies), 50)
	judged := objects(t, 3, many(14, 150))
	if os.Getenv("STILLSUIT_ORACLE") == "full" {
		rendered := clusters(t)
		for _, name := range slices.Sorted(maps.Keys(rendered)) {
			for _, o := range rendered[name].objects {
				u := (&unstructured.Unstructured{Object: o}).DeepCopy()
				u.SetName(name + "-" + u.GetName()) // it panics when one comes twice
				judged = append(judged, u.Object)
			}
		}
	}
	judged = slices.DeleteFunc(judged, func(o object) bool {
		u := &unstructured.Unstructured{Object: o}
		return u.GetKind() == "Namespace" || u.GetNamespace() == "" && !slices.Contains(clusterKinds(), u.GetKind())
	})
	theirs := apply(t, policies, namespaces, judged)

	s := newTally()
	given := &answers{parity: parity{policies: policies, beside: namespaces}}
	verdicts := given.evaluator(t, mutant{}, s)(judged)
	for i, o := range judged {
		u := &unstructured.Unstructured{Object: o}
		s.objects++
		for _, b := range policies {
			policy, err := admission.Parse(b)
			require.NoError(t, err)
			key := fmt.Sprintf("%s %s %s/%s", policy.Name, u.GetKind(), u.GetNamespace(), u.GetName())
			r, about := theirs[key]
			delete(theirs, key)
			want := said{verdict: Skip}
			if about {
				want = said{about: true, verdict: r.Result}
				if r.Result == "fail" {
					want.message = r.Message
				}
				if _, err := fmt.Sscan(r.Properties[validationIndex], &want.first); err != nil {
					want.first = 0
				}
				want.message = inOurWords(want.message, want.first)
				s.whole[r.Result]++
			} else {
				s.silent++
			}
			if got := whole(verdicts[i][policy.Name]); got != want {
				s.differences = append(s.differences, fmt.Sprintf("%s of %s: Kyverno says %+v, we %+v", policy.Name, named(o), want, got))
			}
		}
	}
	require.Empty(t, theirs)
	agree(t, s)
	require.GreaterOrEqual(t, s.objects, 5)
	for _, verdict := range []string{"pass", "fail", "error"} {
		require.Greater(t, s.whole[verdict], 5, verdict)
	}
}
