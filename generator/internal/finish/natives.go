package finish

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/policies"
	"stillsuit.dev/generator/internal/resolve/scope"
)

// annotationOf starts the names of annotations with the reason of an exception.
const annotationOf = "except.policies.stillsuit.dev/"

// native is one form of a policy, with its binding.
func (r *finisher) native(n policies.Native) []object.Made {
	v := n.Form.DeepCopy()
	if v.Annotations == nil {
		v.Annotations = map[string]string{}
	}
	v.Labels = map[string]string{labels.ManagedBy: labels.Stillsuit}
	n.Replace(v.Spec.Variables, r.c.Policies.Params)
	for _, e := range n.Off {
		not := not(r.listed(e))
		v.Spec.MatchConditions = append(v.Spec.MatchConditions, not)
		v.Annotations[annotationOf+strings.TrimPrefix(not.Name, "except/")] = e.Reason
	}
	return []object.Made{
		object.Of(scope.PoliciesUnit(), kinds.Admission, v, policies.PathPolicies("sets")),
		object.Of(scope.PoliciesUnit(), kinds.AdmissionBound, &admissionv1.ValidatingAdmissionPolicyBinding{
			ObjectMeta: metav1.ObjectMeta{Name: v.Name, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}},
			Spec:       admissionv1.ValidatingAdmissionPolicyBindingSpec{PolicyName: v.Name, ValidationActions: r.nativeActions(n.Policy)},
		}, policies.PathPolicies("sets")),
	}
}

// nativeActions are those of the cluster, else of the policy. Nothing reports what is
// only audited, so whoever made the request is warned too.
func (r *finisher) nativeActions(p policy.Policy) []admissionv1.ValidationAction {
	if r.c.Desired.Cluster.Policies.Denies(slices.Contains(p.Spec.ValidationActions(), admissionv1.Deny)) {
		return []admissionv1.ValidationAction{admissionv1.Deny}
	}
	return []admissionv1.ValidationAction{admissionv1.Audit, admissionv1.Warn}
}

// not is the condition that nothing is judged that the exception is about. Its end is
// held against the time at which an object is created, which the API server sets before
// it asks: CEL has no clock. What was created before may still be changed.
func not(e policies.Exception) admissionv1.MatchCondition {
	var all []string
	for _, c := range e.Conditions {
		all = append(all, c.Expression)
	}
	if last, err := time.Parse(time.DateOnly, e.Until); err == nil {
		all = append(all, fmt.Sprintf("timestamp(object.metadata.creationTimestamp) < timestamp('%s')", last.AddDate(0, 0, 1).Format(time.RFC3339)))
	}
	name := e.Name
	if len(name) > validation.DNS1123LabelMaxLength { // as the API server has it for names of conditions
		name = fmt.Sprintf("%s-%x", strings.TrimRight(name[:validation.DNS1123LabelMaxLength-9], ".-"), sha256.Sum256([]byte(name)))[:validation.DNS1123LabelMaxLength]
	}
	return admissionv1.MatchCondition{Name: "except/" + name, Expression: "!((" + strings.Join(all, ") && (") + "))"}
}
