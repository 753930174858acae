package native_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/cmd/stillsuit-gen/native"
	"stillsuit.dev/policies/admission"
)

// about is a policy about a resource of the core group, with the rest of its spec.
func about(t *testing.T, resource, rest string) *admission.Policy {
	t.Helper()
	p, err := admission.Parse(fmt.Appendf(nil, `apiVersion: policies.kyverno.io/v1
kind: ValidatingPolicy
metadata: {name: some, annotations: {policies.stillsuit.dev/mend: "Don't."}}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], resources: [%s], operations: [CREATE, UPDATE]}]}
%s`, resource, rest))
	require.NoError(t, err)
	return p
}

func TestNative(t *testing.T) {
	all, err := native.Of(about(t, "pods", `
  variables: [{name: big, expression: size(object.spec.containers) > 3}]
  validations: [{expression: '!variables.big', message: keep it small, messageExpression: "'it has ' + string(size(object.spec.containers))"}]
`))
	require.NoError(t, err)
	require.Len(t, all, 3)
	for i, want := range []struct{ name, variable, changed string }{
		{"some", "size(object.spec.containers) > 3", "object.?spec != oldObject.?spec"},
		{"some-controllers", "size(object.spec.template.spec.containers) > 3", "object.spec.template != oldObject.spec.template"},
		{"some-cronjobs", "size(object.spec.jobTemplate.spec.template.spec.containers) > 3", "object.spec.jobTemplate.spec.template != oldObject.spec.jobTemplate.spec.template"},
	} {
		require.Equal(t, want.name, all[i].Name)
		require.Equal(t, want.variable, all[i].Spec.Variables[0].Expression)
		require.Equal(t, "request.operation != 'UPDATE' || "+want.changed, all[i].Spec.MatchConditions[0].Expression)
		require.Equal(t, "keep it small. Don't.", all[i].Spec.Validations[0].Message)
	}
	require.Equal(t, `('it has ' + string(size(object.spec.containers))) + ". Don't."`, all[0].Spec.Validations[0].MessageExpression)
}

// TestUpdatesThatMatter says by which changes a policy is asked again.
func TestUpdatesThatMatter(t *testing.T) {
	for expression, want := range map[string]string{
		"object.metadata.name != 'x'":                                          "request.operation != 'UPDATE'",
		"object.kind == 'Secret' && object.?data.?a.orValue('') == ''":         "request.operation != 'UPDATE' || object.?data != oldObject.?data",
		"object.metadata.?labels.hasValue() && object.?type.orValue('') == ''": "request.operation != 'UPDATE' || object.?type != oldObject.?type || object.metadata.?labels != oldObject.metadata.?labels",
	} {
		all, err := native.Of(about(t, "secrets", fmt.Sprintf("  validations: [{expression: %q}]", expression)))
		require.NoError(t, err)
		require.Equal(t, want, all[0].Spec.MatchConditions[0].Expression)
	}
}

// TestNotNative gives what only Kyverno can ask, and what cannot be told apart.
func TestNotNative(t *testing.T) {
	for expression, want := range map[string]string{
		"size(dyn(resource.List('v1', 'pods', '').items)) == 0": "undeclared reference to 'resource'",
		"object.all(k, k != 'data')":                            "what it looks at is not told by object.all(k, k != 'data')",
		"object.metadata == oldObject.metadata":                 "what it looks at is not told by",
		"variables.missing":                                     "undefined field 'missing'",
		"object.?data.orValue({})":                              "must evaluate to bool",
	} {
		_, err := native.Of(about(t, "configmaps", fmt.Sprintf("  validations: [{expression: %q}]", expression)))
		require.ErrorContains(t, err, want, expression)
	}
	namespaced := about(t, "configmaps", "  validations: [{expression: 'true'}]")
	namespaced.Namespace = "home"
	_, err := native.Of(namespaced)
	require.ErrorContains(t, err, "in the namespace home alone")
}
