package admission_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// object is one of a kind, which may be in a namespace.
func object(apiVersion, kind, namespace, name string) *manifest.Object {
	metadata := map[string]any{"name": name}
	if namespace != "" {
		metadata["namespace"] = namespace
	}
	group := ""
	if apiVersion != "v1" {
		group = apiVersion[:len(apiVersion)-len("/v1")]
	}
	return &manifest.Object{
		ID: manifest.ID{Group: group, Kind: kind, Namespace: namespace, Name: name}, APIVersion: apiVersion,
		Value: map[string]any{"apiVersion": apiVersion, "kind": kind, "metadata": metadata},
	}
}

// everything is a policy about all objects, with one validation.
func everything(t *testing.T, expression string) *admission.Evaluator {
	t.Helper()
	p, err := admission.Parse([]byte(`{apiVersion: policies.kyverno.io/v1, kind: ValidatingPolicy, metadata: {name: one}, spec: {
		matchConstraints: {resourceRules: [{apiGroups: ['*'], apiVersions: ['*'], resources: ['*'], operations: [CREATE]}]},
		validations: [{expression: "` + expression + `"}]}}`))
	require.NoError(t, err)
	evaluator, unasked, err := admission.NewEvaluator([]*admission.Policy{p})
	require.NoError(t, err)
	require.Empty(t, unasked)
	return evaluator
}

// TestRequests tells what policies are told of a request to create an object.
func TestRequests(t *testing.T) {
	claim, wide, unnamed := object("v1", "PersistentVolumeClaim", "home", "data"), object("storage.k8s.io/v1", "StorageClass", "", "fast"), object("v1", "ConfigMap", "", "words")
	unit, space := object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "", "web"), object("v1", "Namespace", "", "home")
	labels := map[string]any{"tier": "front"}
	space.Value.(map[string]any)["metadata"].(map[string]any)["labels"] = labels
	world, err := admission.NewWorld([]*manifest.Object{claim, wide, unnamed, unit, space}, nil)
	require.NoError(t, err)
	for _, c := range []struct {
		expression string
		of         *manifest.Object
		world      *admission.World
		want       admission.Outcome
	}{
		{"request.namespace == 'home' && namespaceObject.metadata.labels == {'tier': 'front', 'kubernetes.io/metadata.name': 'home'}", claim, world, admission.Pass},
		{"namespaceObject.status.phase == 'Active' && namespaceObject.spec.finalizers == ['kubernetes']", claim, world, admission.Pass},
		{"request.namespace == 'default' && object.metadata.namespace == 'default'", unnamed, world, admission.Pass},
		{"namespaceObject.metadata.labels == {'kubernetes.io/metadata.name': 'default'}", unnamed, world, admission.Pass},
		{"request.namespace == 'default'", unit, world, admission.Pass},
		{"has(request.namespace) || has(object.metadata.namespace) || namespaceObject != null", wide, world, admission.Fail},
		{"request.namespace == ''", wide, world, admission.Error},
		{"request.namespace == 'home' && !has(object.metadata.namespace) && namespaceObject == null", space, world, admission.Pass},
		{"'kubernetes.io/metadata.name' in object.metadata.labels", space, world, admission.Fail},
		{"resource.Get('v1', 'namespaces', '', 'home').metadata.labels['kubernetes.io/metadata.name'] == 'home'", claim, world, admission.Pass},
		{"oldObject == {} && request.oldObject == null", claim, world, admission.Pass},
		{"request.operation == 'CREATE' && request.dryRun == false && request.options.kind == 'CreateOptions'", claim, world, admission.Pass},
		{"request.userInfo.username == 'system:serviceaccount:flux-system:kustomize-controller' && 'system:authenticated' in request.userInfo.groups", claim, world, admission.Pass},
		{"request.userInfo.username == 'anna' && request.userInfo.groups == ['people']", claim, world.By("anna", "people"), admission.Pass},
		{"has(request.userInfo.groups)", claim, world.By("anna"), admission.Fail},
		{"has(request.userInfo.username)", claim, world.By(""), admission.Fail},
		{"request.userInfo.username == 'anna'", claim, world, admission.Fail},
		{"dyn(resource.List('v1', 'namespaces', '').items).size() == 1", claim, world.By("anna"), admission.Pass},
	} {
		verdicts, _, err := everything(t, c.expression).Ask(c.world, nil)
		require.NoError(t, err)
		require.Len(t, verdicts, 5)
		for _, v := range verdicts {
			if v.Object == c.of {
				require.Equal(t, c.want, v.Outcome, "%s: %v", c.expression, v.Results)
			}
		}
	}
	require.Equal(t, map[string]any{"tier": "front"}, labels, "the tree stays as it is")
}

// TestExceptionsThatPass are those of several whose priority is the highest.
func TestExceptionsThatPass(t *testing.T) {
	evaluator, world := one(t, "false", configMap("one", nil))
	parse := func(name, priority, result, kind string) *admission.Exception {
		o := object("policies.kyverno.io/v1", "PolicyException", "flux-system", name)
		content := o.Value.(map[string]any)
		content["metadata"].(map[string]any)["labels"] = map[string]any{"polex.kyverno.io/priority": priority}
		content["spec"] = map[string]any{"reportResult": result, "policyRefs": []any{map[string]any{"name": "one", "kind": kind}}}
		e, err := admission.ParseException(o)
		require.NoError(t, err)
		return e
	}
	pass, skip := parse("a", "1", "pass", "ValidatingPolicy"), parse("b", "high", "skip", "ValidatingPolicy")
	other := parse("c", "2", "skip", "NamespacedValidatingPolicy")
	broken := exception(t, "object.nothing == 1")
	for _, c := range []struct {
		given []*admission.Exception
		want  admission.Outcome
		fit   int
	}{
		{[]*admission.Exception{pass, skip}, admission.Pass, 2},
		{[]*admission.Exception{skip, pass}, admission.Pass, 2},
		{[]*admission.Exception{skip}, admission.Skip, 1},
		{[]*admission.Exception{pass, other}, admission.Pass, 1},
		{[]*admission.Exception{other}, admission.Fail, 0},
		{[]*admission.Exception{pass, broken}, admission.Pass, 1},
		{[]*admission.Exception{broken, pass}, admission.Error, 0},
	} {
		verdicts, unasked, err := evaluator.Ask(world, c.given)
		require.NoError(t, err)
		require.Empty(t, unasked)
		require.Equal(t, c.want, verdicts[0].Outcome)
		require.Len(t, verdicts[0].Exceptions, c.fit)
		require.Empty(t, verdicts[0].Annotations)
	}
}
