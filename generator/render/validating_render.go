package render

import (
	"cmp"

	admissionv1 "k8s.io/api/admissionregistration/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// validating is one policy, as Kyverno asks it.
func validating(c *cluster, p LibraryPolicy) made {
	declared := c.declared.Cluster.Policies
	v := p.with(c.policies.params)
	v.ObjectMeta = metav1.ObjectMeta{Name: v.Name, Labels: map[string]string{labelManagedBy: managedBy}, Annotations: v.Annotations}
	if declared.Action != "" {
		v.Spec.ValidationAction = []admissionv1.ValidationAction{admissionv1.ValidationAction(declared.Action)}
	}
	// With Ignore a Kyverno that cannot be reached lets requests through, and a condition
	// that errs counts as false, of the policy and of its exceptions. A validation that
	// errs is refused all the same, when the policy denies (kyverno v1.19.1:
	// pkg/cel/policies/vpol/compiler, match; pkg/webhooks/resource/vpol, admissionResponse).
	v.Spec.FailurePolicy = ptr(admissionv1.FailurePolicyType(cmp.Or(declared.Failure, string(admissionv1.Ignore))))
	return of(policiesUnit(), kindValidating, v, pathPolicies("sets"))
}
