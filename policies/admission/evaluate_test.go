package admission_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// waiting bounds how long a test waits for another goroutine.
const waiting = 10 * time.Second

// policy is one with a validation, about ConfigMaps.
func policy(t testing.TB, name, expression string) *admission.Policy {
	t.Helper()
	p, err := admission.Parse(fmt.Appendf(nil, "apiVersion: policies.kyverno.io/v1\nkind: ValidatingPolicy\nmetadata: {name: %s}\nspec:\n  "+places()["validation"], name, expression))
	require.NoError(t, err)
	return p
}

// one asks a single validation about the objects.
func one(t testing.TB, expression string, objects ...*manifest.Object) (*admission.Evaluator, *admission.World) {
	t.Helper()
	evaluator, unasked, err := admission.NewEvaluator([]*admission.Policy{policy(t, "one", expression)})
	require.NoError(t, err)
	require.Empty(t, unasked)
	world, err := admission.NewWorld(objects, nil)
	require.NoError(t, err)
	return evaluator, world
}

func exception(t testing.TB, condition string) *admission.Exception {
	t.Helper()
	return &admission.Exception{Name: "some", Policies: []string{"one"}, Conditions: []admissionregistrationv1.MatchCondition{{Name: "a", Expression: condition}}}
}

func TestLoad(t *testing.T) {
	const text = `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata:
  name: small
  annotations:
    policies.stillsuit.dev/where: ci
    policies.stillsuit.dev/sets: baseline, homelab
    policies.stillsuit.dev/params: most
    policies.kyverno.io/title: Small
    policies.kyverno.io/severity: low
    policies.kyverno.io/description: |
      It is small.
      And more.
spec:
  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [configmaps], operations: ['*']}]}
  variables: [{name: most, expression: '1'}]
  validations: [{expression: size(object.data) <= variables.most}]
`
	all, err := admission.Load(fstest.MapFS{"small/policy.yaml": {Data: []byte(text)}, "small/good.yaml": {Data: []byte("kind: ConfigMap")}})
	require.NoError(t, err)
	require.Len(t, all, 1)
	p := all[0]
	require.Equal(t, []string{"baseline", "homelab"}, p.Sets)
	require.Equal(t, admission.InCI, p.Where)
	require.Equal(t, "It is small. And more.", p.Description)
	require.Equal(t, "2", p.With(map[string]string{"most": "2", "other": "3"}).Spec.Variables[0].Expression)
	require.Equal(t, "1", p.Spec.Variables[0].Expression)
	require.True(t, p.Denies())

	for _, c := range []struct{ old, new, want string }{
		{"name: small", "name: large", "it is called large"},
		{"kind: ValidatingPolicy", "kind: ClusterPolicy", "is no ValidatingPolicy"},
		{"where: ci", "where: home", "it is one of cluster, ci, both"},
		{"spec:\n", "spec:\n  variable: []\n", "unknown field"},
		{"params: most", "params: least", "it has no variable least"},
		{"spec:\n", "spec: {}\nspec:\n", "already set in map"},
	} {
		_, err := admission.Load(fstest.MapFS{"small/policy.yaml": {Data: []byte(strings.Replace(text, c.old, c.new, 1))}})
		require.ErrorContains(t, err, c.want)
	}
}

func TestWhatErrsIsNoPass(t *testing.T) {
	for _, expression := range []string{
		"object.data.a == 'x'", "variables.a == 1 || true", "1 / 0 == 1", "int(object.metadata.name) == 1",
		"exceptions.allowedImages[3] == 'x'", "yaml.parse('{').a == 1",
		// More than Kubernetes lets one expression cost.
		"[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, a*b*c*d*e*f > 0))))))",
	} {
		evaluator, unasked, err := admission.NewEvaluator([]*admission.Policy{policy(t, "one", expression)})
		require.NoError(t, err)
		world, err := admission.NewWorld([]*manifest.Object{configMap("one", nil)}, nil)
		require.NoError(t, err)
		verdicts, _, err := evaluator.Ask(world, nil)
		require.NoError(t, err)
		if len(unasked) == 1 {
			require.Empty(t, verdicts)
			continue
		}
		require.Len(t, verdicts, 1)
		require.Equal(t, admission.Error, verdicts[0].Outcome, expression)
		require.Error(t, verdicts[0].Results[0].Err)
	}
}

func TestExceptions(t *testing.T) {
	given := configMap("one", map[string]any{"a": "1", "b": "2"})
	evaluator, world := one(t, "size(object.data) < 2", given)
	ask := func(e *admission.Exception) *admission.Verdict {
		verdicts, unasked, err := evaluator.Ask(world, []*admission.Exception{e})
		require.NoError(t, err)
		require.Empty(t, unasked)
		require.Len(t, verdicts, 1)
		return verdicts[0]
	}
	require.Equal(t, admission.Fail, ask(exception(t, "false")).Outcome)
	excused := ask(exception(t, "object.metadata.name == 'one'"))
	require.Equal(t, admission.Skip, excused.Outcome)
	require.Len(t, excused.Exceptions, 1)
	require.Equal(t, admission.Error, ask(exception(t, "object.nothing == 1")).Outcome)

	other := exception(t, "true")
	other.Namespace = "media"
	require.Equal(t, admission.Fail, ask(other).Outcome)
	other.Namespace, other.App = "home", "web"
	require.Equal(t, admission.Fail, ask(other).Outcome)
	given.Origin = []string{"apps", "web", "files"}
	require.Equal(t, admission.Skip, ask(other).Outcome)
}

// TestTheSameEverywhere asks many policies about many objects on one core and on all.
func TestTheSameEverywhere(t *testing.T) {
	var given []*admission.Policy
	for i := range 8 {
		given = append(given, policy(t, fmt.Sprintf("p%d", i), fmt.Sprintf("size(object.data) %% %d != 0 && object.data.m < 'y'", i+1)))
	}
	var objects []*manifest.Object
	for i := range 60 {
		data := map[string]any{"m": "x"}
		for j := range i % 7 {
			data[fmt.Sprint(j)] = "x"
		}
		if i%9 == 0 {
			delete(data, "m")
		}
		objects = append(objects, configMap(fmt.Sprintf("c%02d", i), data))
	}
	tell := func(cores int) []string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		evaluator, _, err := admission.NewEvaluator(given)
		require.NoError(t, err)
		world, err := admission.NewWorld(objects, nil)
		require.NoError(t, err)
		verdicts, _, err := evaluator.Ask(world, nil)
		require.NoError(t, err)
		var out []string
		for _, v := range verdicts {
			out = append(out, fmt.Sprint(v.Policy.Name, v.Object.Name, v.Outcome, v.Results))
		}
		return out
	}
	first := tell(1)
	require.Len(t, first, 480)
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(first))), 480)
	for _, cores := range []int{2, 4, 16} {
		require.Equal(t, first, tell(cores))
	}
}
