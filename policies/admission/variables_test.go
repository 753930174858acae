package admission_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// asked is what a policy with the given rest of its spec says of a ConfigMap.
func asked(t *testing.T, rest string) *admission.Verdict {
	t.Helper()
	const spec = "matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [configmaps], operations: ['*']}]}\n"
	p, err := admission.Parse([]byte("apiVersion: policies.kyverno.io/v1\nkind: ValidatingPolicy\nmetadata: {name: one}\nspec:\n  " + spec + "  " + strings.ReplaceAll(rest, "\n", "\n  ")))
	require.NoError(t, err)
	evaluator, unasked, err := admission.NewEvaluator([]*admission.Policy{p})
	require.NoError(t, err)
	require.Empty(t, unasked)
	world, err := admission.NewWorld([]*manifest.Object{configMap("one", nil)}, nil)
	require.NoError(t, err)
	verdicts, _, err := evaluator.Ask(world, nil)
	require.NoError(t, err)
	require.Len(t, verdicts, 1)
	return verdicts[0]
}

// TestVariablesThatAskForThemselves err, where they would exhaust the stack.
func TestVariablesThatAskForThemselves(t *testing.T) {
	for _, variables := range []string{
		"[{name: a, expression: 'dyn(variables).a'}]",
		"[{name: a, expression: '1'}, {name: a, expression: 'variables.a + 1'}]",
		"[{name: b, expression: 'dyn(variables).a'}, {name: a, expression: 'variables.b'}]",
		"[{name: a, expression: 'dyn(variables).all(v, v == 1) ? 2 : 1'}]",
	} {
		v := asked(t, "variables: "+variables+"\nvalidations: [{expression: 'variables.a == 2'}]")
		require.Equal(t, admission.Error, v.Outcome, variables)
		require.ErrorContains(t, v.Results[0].Err, "variable a asks for itself", variables)
	}
	v := asked(t, "variables: [{name: a, expression: 'dyn(variables).b'}, {name: b, expression: '2'}]\nvalidations: [{expression: 'variables.a == 2 && variables.a + variables.b == 4'}]")
	require.Equal(t, admission.Pass, v.Outcome, "a later variable: %v", v.Results)
}

// TestTheLastAnnotationCounts of several by one name.
func TestTheLastAnnotationCounts(t *testing.T) {
	v := asked(t, "validations: [{expression: 'true'}]\nauditAnnotations: [{key: a, valueExpression: 'string(object.nothing)'}, {key: b, valueExpression: \"'b'\"}, {key: a, valueExpression: \"'last'\"}]")
	require.Equal(t, admission.Pass, v.Outcome)
	require.Equal(t, map[string]string{"a": "last", "b": "b"}, v.Annotations)
}
