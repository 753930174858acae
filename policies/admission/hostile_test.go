package admission_test

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

func configMap(name string, data map[string]any) *manifest.Object {
	return &manifest.Object{
		ID: manifest.ID{Kind: "ConfigMap", Namespace: "home", Name: name}, APIVersion: "v1",
		Value: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name, "namespace": "home"}, "data": data},
	}
}

// places are where a policy has expressions; %s is one.
func places() map[string]string {
	const about = "matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [configmaps], operations: ['*']}]}\n"
	return map[string]string{
		"validation": about + "  validations: [{expression: %q}]",
		"condition":  about + "  matchConditions: [{name: a, expression: %q}]\n  validations: [{expression: 'true'}]",
		"variable":   about + "  variables: [{name: a, expression: %q}]\n  validations: [{expression: 'true'}]",
		"message":    about + "  validations: [{expression: 'false', messageExpression: %q}]",
		"annotation": about + "  validations: [{expression: 'true'}]\n  auditAnnotations: [{key: a, valueExpression: %q}]",
	}
}

// TestHostilePolicies gives each expression that leaves the tree, wherever a policy
// can have one. None is asked, none passes, and nothing is sent.
func TestHostilePolicies(t *testing.T) {
	port, calls := admission.Listener(t)
	b, err := os.ReadFile("testdata/hostile.txt")
	require.NoError(t, err)
	world, err := admission.NewWorld([]*manifest.Object{configMap("one", nil)}, nil)
	require.NoError(t, err)
	given := 0
	for line := range strings.Lines(string(b)) {
		name, expression, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		given++
		expression = strings.ReplaceAll(expression, "PORT", port)
		for place, spec := range places() {
			t.Run(name+"/"+place, func(t *testing.T) {
				in := expression
				if place == "message" || place == "annotation" {
					in = "string(" + expression + ")"
				}
				p, err := admission.Parse(fmt.Appendf(nil, "apiVersion: policies.kyverno.io/v1\nkind: ValidatingPolicy\nmetadata: {name: %s}\nspec:\n  "+spec, name, in))
				require.NoError(t, err)
				evaluator, unasked, err := admission.NewEvaluator([]*admission.Policy{p})
				require.NoError(t, err)
				require.Len(t, unasked, 1)
				require.NotEmpty(t, unasked[0].Outside, unasked[0].Err)
				verdicts, _, err := evaluator.Ask(world, nil)
				require.NoError(t, err)
				require.Empty(t, verdicts)
			})
		}
	}
	require.Equal(t, 30, given)
	require.Zero(t, calls.Load())

	// The listener hears what is sent.
	c, err := net.Dial("tcp", "127.0.0.1:"+port)
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.Eventually(t, func() bool { return calls.Load() == 1 }, waiting, waiting/100)
}

// TestExceptionsDoNotCallOut gives an exception such conditions: its policy is not
// asked then.
func TestExceptionsDoNotCallOut(t *testing.T) {
	port, calls := admission.Listener(t)
	evaluator, world := one(t, "true", configMap("one", nil))
	e := exception(t, fmt.Sprintf(`http.Get("http://127.0.0.1:%s/").ok == true`, port))
	verdicts, unasked, err := evaluator.Ask(world, []*admission.Exception{e})
	require.NoError(t, err)
	require.Empty(t, verdicts)
	require.Len(t, unasked, 1)
	require.Equal(t, "a web server (http)", unasked[0].Outside)
	require.Zero(t, calls.Load())
}

// TestNamesThatOnlyLookHostile are asked as any other.
func TestNamesThatOnlyLookHostile(t *testing.T) {
	for _, expression := range []string{
		`["a"].all(http, http == "a")`,
		`["a", "b"].all(image, image.size() == 1)`,
		`cel.bind(globalContext, 1, globalContext == 1)`,
		`image("docker.io/library/redis:8").tag() == "8"`,
		`resource.List("v1", "configmaps", "").size() > 0`,
		`time.toCron(timestamp("2026-01-01T00:00:00Z")) != ""`,
	} {
		evaluator, world := one(t, expression, configMap("one", nil))
		verdicts, _, err := evaluator.Ask(world, nil)
		require.NoError(t, err)
		require.Len(t, verdicts, 1, expression)
		require.Equal(t, admission.Pass, verdicts[0].Outcome, "%s: %v", expression, verdicts[0].Results)
	}
}
