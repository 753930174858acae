package kyverno

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"stillsuit.dev/policies/admission"
)

// mutants are mistakes that an evaluator could make, made by giving ours something
// else than Kyverno got.
func mutants() map[string]mutant {
	constraints := func(change func(*admissionregistrationv1.MatchResources)) mutant {
		return mutant{policy: func(p *admission.Policy) { change(p.Spec.MatchConstraints) }}
	}
	return map[string]mutant{
		"namespace selectors are ignored": constraints(func(m *admissionregistrationv1.MatchResources) { m.NamespaceSelector = nil }),
		"object selectors are ignored":    constraints(func(m *admissionregistrationv1.MatchResources) { m.ObjectSelector = nil }),
		"nothing is excluded":             constraints(func(m *admissionregistrationv1.MatchResources) { m.ExcludeResourceRules = nil }),
		"names of resources are ignored": constraints(func(m *admissionregistrationv1.MatchResources) {
			for i := range m.ResourceRules {
				m.ResourceRules[i].ResourceNames = nil
			}
		}),
		"scopes are ignored": constraints(func(m *admissionregistrationv1.MatchResources) {
			for i := range m.ResourceRules {
				m.ResourceRules[i].Scope = nil
			}
		}),
		"updates are taken for creations": constraints(func(m *admissionregistrationv1.MatchResources) {
			for i := range m.ResourceRules {
				m.ResourceRules[i].Operations = append(m.ResourceRules[i].Operations, admissionregistrationv1.Create)
			}
		}),
		"conditions are ignored": {policy: func(p *admission.Policy) { p.Spec.MatchConditions = nil }},
		"the first condition decides": {policy: func(p *admission.Policy) {
			p.Spec.MatchConditions = p.Spec.MatchConditions[:min(1, len(p.Spec.MatchConditions))]
		}},
		"failures are never ignored":   {policy: func(p *admission.Policy) { p.Spec.FailurePolicy = nil }},
		"which controllers is ignored": {policy: func(p *admission.Policy) { p.Spec.AutogenConfiguration = nil }},
		"validations are turned round": {policy: func(p *admission.Policy) { slices.Reverse(p.Spec.Validations) }},
		"expressions of messages are ignored": {policy: func(p *admission.Policy) {
			for i := range p.Spec.Validations {
				p.Spec.Validations[i].MessageExpression = ""
			}
		}},
		"annotations are forgotten":             {policy: func(p *admission.Policy) { p.Spec.AuditAnnotations = nil }},
		"a namespaced policy holds everywhere":  {policy: func(p *admission.Policy) { p.Namespace = "" }},
		"exceptions excuse everything":          {exception: func(e *admission.Exception) { e.Conditions = nil }},
		"exceptions excuse nothing":             {exception: func(e *admission.Exception) { e.Policies = nil }},
		"what is excused is never passed":       {exception: func(e *admission.Exception) { e.Passes = false }},
		"priorities are ignored":                {exception: func(e *admission.Exception) { e.Priority = 0 }},
		"exceptions for some images are whole":  {exception: func(e *admission.Exception) { e.Images, e.Values = nil, nil }},
		"images of exceptions are not told":     {exception: func(e *admission.Exception) { e.Images = make([]string, len(e.Images)) }},
		"somebody else sends the objects":       {user: "somebody"},
		"labels of namespaces are not known":    {object: func(o map[string]any) { unlabel(o, "Namespace") }},
		"labels of what makes pods are ignored": {object: func(o map[string]any) { unlabel(o, "Deployment") }},
		"numbers are texts":                     {object: func(o map[string]any) { replicas(o) }},
	}
}

func unlabel(o map[string]any, kind string) {
	if o["kind"] == kind {
		unstructured.RemoveNestedField(o, "metadata", "labels")
	}
}

func replicas(o map[string]any) {
	if spec, ok := o["spec"].(map[string]any); ok && spec["replicas"] != nil {
		spec["replicas"] = "1"
	}
}

// TestMistakes makes each mistake, and wants it to be noticed.
func TestMistakes(t *testing.T) {
	p := readParts(t)
	_, namespaces := library(t)
	given := parity{beside: namespaces, judged: objects(t, 100, 130)}
	given.policies, given.exceptions = p.made(t, 0, 160)
	asked := given.ask(t)
	require.Empty(t, asked.compare(t, mutant{}).differences)
	for name, m := range mutants() {
		differences := asked.compare(t, m).differences
		require.NotEmpty(t, differences, "nobody notices that %s", name)
		t.Logf("%s: %d verdicts differ", name, len(differences))
	}
}
