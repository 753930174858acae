package kyverno

import (
	"context"
	"fmt"
	"slices"
	"testing"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/version"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"sigs.k8s.io/yaml"
)

// native is a policy as the API server compiles a ValidatingAdmissionPolicy.
type native struct{ validations, messages cel.ConditionEvaluator }

// compile compiles a policy for API servers of the clusters' minor version, as
// k8s.io/apiserver's validating plugin does: new policies may use what the version
// before had.
func compile(p *policiesv1.ValidatingPolicy) (native, error) {
	compiler, err := cel.NewCompositedCompiler(environment.MustBaseEnvSet(version.MajorMinor(1, 33)))
	if err != nil {
		return native{}, err
	}
	declared := cel.OptionalVariableDeclarations{HasAuthorizer: true}
	for _, v := range p.Spec.Variables {
		if r := compiler.CompileAndStoreVariable(&validating.Variable{Name: v.Name, Expression: v.Expression}, declared, environment.NewExpressions); r.Error != nil {
			return native{}, fmt.Errorf("variable %s: %w", v.Name, r.Error)
		}
	}
	for _, m := range p.Spec.MatchConditions {
		if r := cel.Compiler(compiler).CompileCELExpression(&validating.ValidationCondition{Expression: m.Expression}, declared, environment.NewExpressions); r.Error != nil {
			return native{}, fmt.Errorf("match condition %s: %w", m.Name, r.Error)
		}
	}
	var validations, messages []cel.ExpressionAccessor
	for i, v := range p.Spec.Validations {
		condition := &validating.ValidationCondition{Expression: v.Expression, Message: v.Message}
		if r := cel.Compiler(compiler).CompileCELExpression(condition, declared, environment.NewExpressions); r.Error != nil {
			return native{}, fmt.Errorf("validation %d: %w", i, r.Error)
		}
		validations = append(validations, condition)
		if v.MessageExpression == "" {
			messages = append(messages, nil)
			continue
		}
		message := &validating.MessageExpressionCondition{MessageExpression: v.MessageExpression}
		if r := cel.Compiler(compiler).CompileCELExpression(message, cel.OptionalVariableDeclarations{}, environment.NewExpressions); r.Error != nil {
			return native{}, fmt.Errorf("message of validation %d: %w", i, r.Error)
		}
		messages = append(messages, message)
	}
	return native{
		compiler.CompileCondition(validations, declared, environment.NewExpressions),
		compiler.CompileCondition(messages, cel.OptionalVariableDeclarations{}, environment.NewExpressions),
	}, nil
}

// TestNative gives the policies that a cluster may hold to the API server's own
// evaluator. What it cannot express belongs in ci; the rest gets the same verdicts
// there, within the API server's bounds of cost.
func TestNative(t *testing.T) {
	folders, namespaces := library(t)
	engine, err := New(nil, nil, namespaces)
	require.NoError(t, err)
	policies, judged := 0, 0
	for _, f := range folders {
		p := &policiesv1.ValidatingPolicy{}
		require.NoError(t, yaml.UnmarshalStrict(f.Policy, p))
		if p.Annotations["policies.stillsuit.dev/where"] == "ci" {
			continue
		}
		policies++
		n, err := compile(p)
		require.NoError(t, err, f.Name)
		for _, c := range slices.Concat(f.Good, f.Bad) {
			u, err := normal(c.Object)
			require.NoError(t, err)
			gvk := u.GroupVersionKind()
			resource, _ := meta.UnsafeGuessKindToResource(gvk)
			if c.Skipped != "" || !slices.ContainsFunc(p.Spec.MatchConstraints.ResourceRules, func(r admissionv1.NamedRuleWithOperations) bool {
				return slices.Contains(r.Resources, resource.Resource)
			}) {
				continue // what the renderer adds: matching, and rules for what makes pods
			}
			var namespace *corev1.Namespace
			if u.GetNamespace() != "" {
				namespace = engine.namespace(u.GetNamespace())
			}
			attributes := admission.NewAttributesRecord(u, nil, gvk, u.GetNamespace(), u.GetName(), resource, "", admission.Create, nil, false, nil)
			versioned := &admission.VersionedAttributes{Attributes: attributes, VersionedObject: u, VersionedKind: gvk}
			request := cel.CreateAdmissionRequest(attributes, metav1.GroupVersionResource(resource), metav1.GroupVersionKind(gvk))
			results, left, err := n.validations.ForInput(context.Background(), versioned, request, cel.OptionalVariableBindings{}, cel.CreateNamespaceObject(namespace), celconfig.RuntimeCELCostBudget)
			require.NoError(t, err)
			require.Positive(t, left)
			messages, _, err := n.messages.ForInput(context.Background(), versioned, request, cel.OptionalVariableBindings{}, cel.CreateNamespaceObject(namespace), celconfig.RuntimeCELCostBudget)
			require.NoError(t, err)
			for i, r := range results {
				require.NoError(t, r.Error, "%s: %s, validation %d", f.Name, u.GetName(), i)
				require.Equal(t, !slices.Contains(c.Fails, i), r.EvalResult.Value(), "%s: %s, validation %d", f.Name, u.GetName(), i)
				require.NoError(t, messages[i].Error, "%s: %s, message %d", f.Name, u.GetName(), i)
				judged++
			}
		}
	}
	require.Greater(t, policies, 30)
	t.Logf("%d policies, %d verdicts", policies, judged)
}
