// Package policies makes the admission policies that Kyverno evaluates.
package policies

import (
	"cmp"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/policies"
	"stillsuit.dev/generator/internal/resolve/scope"
)

// Validating is one policy, as Kyverno asks it.
func Validating(c *resolve.Cluster, p policy.Policy) object.Made {
	declared := c.Desired.Cluster.Policies
	v := p.With(c.Policies.Params)
	v.ObjectMeta = metav1.ObjectMeta{Name: v.Name, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}, Annotations: v.Annotations}
	if declared.Action != "" {
		v.Spec.ValidationAction = []admissionv1.ValidationAction{admissionv1.ValidationAction(declared.Action)}
	}
	// With Ignore a Kyverno that cannot be reached lets requests through, and a condition
	// that errs counts as false, of the policy and of its exceptions. A validation that
	// errs is refused all the same, when the policy denies (kyverno v1.19.1:
	// pkg/cel/policies/vpol/compiler, match; pkg/webhooks/resource/vpol, admissionResponse).
	v.Spec.FailurePolicy = ptr.To(admissionv1.FailurePolicyType(cmp.Or(declared.Failure, string(admissionv1.Ignore))))
	return object.Of(scope.PoliciesUnit(), kinds.Validating, v, policies.PathPolicies("sets"))
}
