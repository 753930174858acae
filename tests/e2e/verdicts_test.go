package e2e_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// verdicts are the policies that refuse an object, each with why: the message of the
// first validation that fails, after which Kyverno asks no more.
type verdicts map[string]string

// expected are the verdicts of package admission, which `stillsuit check` tells, on
// each object. beside are other objects of the cluster, namespaces among them.
func expected(t *testing.T, policies []*admission.Policy, objects, beside []*unstructured.Unstructured) []verdicts {
	t.Helper()
	evaluator, unasked, err := admission.NewEvaluator(policies)
	require.NoError(t, err)
	require.Empty(t, unasked)
	out, at := make([]verdicts, len(objects)), map[*manifest.Object]verdicts{}
	asked := manifests(objects)
	for i, o := range asked {
		out[i] = verdicts{}
		at[o] = out[i]
	}
	world, err := admission.NewWorld(asked, manifests(beside))
	require.NoError(t, err)
	all, unasked, err := evaluator.Ask(world, nil)
	require.NoError(t, err)
	require.Empty(t, unasked)
	for _, v := range all {
		require.NoError(t, v.Err, "%s of %s", v.Policy.Name, v.Object.ID)
		for _, r := range v.Results {
			require.NoError(t, r.Err, "%s of %s", v.Policy.Name, v.Object.ID)
			if r.Outcome == admission.Fail {
				at[v.Object][v.Policy.Name] = oneLine(r.Message)
				break
			}
		}
	}
	return out
}

func manifests(objects []*unstructured.Unstructured) []*manifest.Object {
	var out []*manifest.Object
	for _, u := range objects {
		gv, _ := schema.ParseGroupVersion(u.GetAPIVersion())
		out = append(out, &manifest.Object{
			ID:         manifest.ID{Group: gv.Group, Kind: u.GetKind(), Namespace: u.GetNamespace(), Name: u.GetName()},
			APIVersion: u.GetAPIVersion(), Value: u.Object,
		})
	}
	return out
}

// told reads the verdicts that the API server warns of. A policy that warns tells of
// each object that it refuses, also beside others that deny it: of those the API server
// tells one only.
func told(warnings []string) verdicts {
	out := verdicts{}
	for _, w := range warnings {
		found := regexp.MustCompile(`^Policy (\S+) (?:failed|error): (?s)(.*)$`).FindStringSubmatch(w) // Kyverno's
		if found == nil {
			found = regexp.MustCompile(`^Validation failed for ValidatingAdmissionPolicy '([^']+?)(?:-controllers|-cronjobs)?' with binding '[^']+': (?s)(.*)$`).FindStringSubmatch(w)
		}
		if found != nil && out[found[1]] == "" { // the first validation that fails
			out[found[1]] = oneLine(found[2])
		}
	}
	return out
}

// denied reports whether a policy is why the API server refuses an object.
func denied(refusal error) bool {
	return refusal != nil && (strings.Contains(refusal.Error(), "denied the request: Policy ") || strings.Contains(refusal.Error(), "denied request: "))
}

// unjudged reports whether the API server refuses an object before any policy is asked:
// it is not valid, or Pod Security is against it.
func unjudged(refusal error) bool {
	return refusal != nil && !denied(refusal) && (apierrors.IsInvalid(refusal) || strings.Contains(refusal.Error(), "violates PodSecurity"))
}

// minus is what the first ones say and the second do not. A message may go on with
// what to do.
func (v verdicts) minus(other verdicts) verdicts {
	out := maps.Clone(v)
	maps.DeleteFunc(out, func(policy, why string) bool {
		said, also := other[policy]
		return also && (strings.HasPrefix(said, why) || strings.HasPrefix(why, said))
	})
	return out
}

// String lists the policies with their messages.
func (v verdicts) String() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(v)) {
		out = append(out, name+": "+v[name])
	}
	return strings.Join(out, "\n")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
