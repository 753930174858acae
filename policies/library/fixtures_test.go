package library_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	kjson "sigs.k8s.io/json"

	"stillsuit.dev/policies/library/fixture"
)

// known holds the types that fixtures are made of.
func known() *runtime.Scheme {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, helmv2.AddToScheme, kustomizev1.AddToScheme, sourcev1.AddToScheme} {
		utilruntime.Must(add(s))
	}
	return s
}

// decode reads an object into its Go type, with no unknown field.
func decode(s *runtime.Scheme, o map[string]any) error {
	u := unstructured.Unstructured{Object: maps.Clone(o)}
	if _, encrypted := u.Object["sops"]; encrypted && u.GetKind() == "Secret" {
		// What sops adds, and what is base64 again once sops has decrypted it.
		delete(u.Object, "sops")
		delete(u.Object, "data")
	}
	typed, err := s.New(u.GroupVersionKind())
	if err != nil {
		return err
	}
	b, err := json.Marshal(u.Object)
	if err != nil {
		return err
	}
	strict, err := kjson.UnmarshalStrict(b, typed)
	if err != nil {
		return err
	}
	if len(strict) > 0 {
		return fmt.Errorf("%s %s: %w", u.GetKind(), u.GetName(), strict[0])
	}
	return nil
}

func TestFixtures(t *testing.T) {
	s := known()
	namespaces, err := fixture.Objects(os.DirFS("."), "namespaces.yaml")
	require.NoError(t, err)
	for _, n := range namespaces {
		require.NoError(t, decode(s, n))
	}
	for _, p := range library(t) {
		t.Run(p.folder.Name, func(t *testing.T) {
			seen := map[string]bool{}
			failed := map[int]bool{}
			for _, c := range slices.Concat(p.folder.Good, p.folder.Bad) {
				require.NoError(t, decode(s, c.Object))
				u := unstructured.Unstructured{Object: c.Object}
				require.False(t, seen[u.GetName()], "two objects are named %s", u.GetName())
				seen[u.GetName()] = true
				if ns := u.GetNamespace(); ns != "" {
					require.NotNil(t, namespace(namespaces, ns), "namespaces.yaml has no %s", ns)
				}
			}
			for _, o := range p.folder.Context {
				require.NoError(t, decode(s, o))
			}
			passed := 0
			for _, c := range p.folder.Good {
				require.Empty(t, c.Fails)
				if c.Skipped == "" {
					passed++
					continue
				}
				by, _, _ := strings.Cut(c.Skipped, ": ")
				require.Contains(t, []string{"namespace", "condition"}, by)
				require.Equal(t, by == "condition", len(p.Spec.MatchConditions) > 0)
			}
			require.Positive(t, passed, "nothing passes")
			for _, c := range p.folder.Bad {
				require.NotEmpty(t, c.Fails)
				require.Empty(t, c.Skipped)
				if len(c.Fails) == 1 {
					failed[c.Fails[0]] = true
				}
				require.True(t, slices.IsSorted(c.Fails) && c.Fails[len(c.Fails)-1] < len(p.Spec.Validations))
			}
			require.Len(t, failed, len(p.Spec.Validations), "each validation needs an object that fails it alone")
		})
	}
}

// TestMisspeltFixturesAreNoticed gives decode what the API server would refuse.
func TestMisspeltFixturesAreNoticed(t *testing.T) {
	pod := map[string]any{"apiVersion": "v1", "kind": "Pod", "spec": map[string]any{"hostNetworks": true}}
	require.ErrorContains(t, decode(known(), pod), `unknown field "spec.hostNetworks"`)
	require.Error(t, decode(known(), map[string]any{"apiVersion": "v2", "kind": "Pod"}))
}

func namespace(all []map[string]any, name string) map[string]any {
	for _, n := range all {
		if u := (unstructured.Unstructured{Object: n}); u.GetName() == name {
			return n
		}
	}
	return nil
}
