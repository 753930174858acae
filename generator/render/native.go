package render

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// policyOfWorkspaces is not rendered in the native form: every workspace has rules of
// its own about its hosts (admission.go), which say the same and more, and refuse
// whatever the action is.
const policyOfWorkspaces = "workspace-hosts"

// mostConditions is how many conditions the API server takes of one policy
// (k8s.io/kubernetes, pkg/apis/admissionregistration/validation).
const mostConditions = 64

// annotationOf starts the names of annotations with the reason of an exception.
const annotationOf = "except.policies.stillsuit.dev/"

// natives renders the policies as ValidatingAdmissionPolicies, which the API server
// itself asks. What is let off them is a condition of those that it is let off.
func (r *renderer) natives(chosen []LibraryPolicy) {
	excuses := r.excuses(chosen)
	if !r.nativePossible() {
		return
	}
	unit := policiesUnit()
	params := model.Parameters(r.d, r.in.Lock)
	for _, p := range chosen {
		var off []excuse
		for _, e := range excuses {
			if slices.Contains(e.policies, policiesv1.PolicyRef{Name: p.PolicyMarks.Name, Kind: kindValidating.Kind}) {
				off = append(off, e)
			}
		}
		if p.PolicyMarks.Name == policyOfWorkspaces {
			for _, e := range off {
				r.Error(e.at, "policies/native", fmt.Sprintf("exception %s is about policy %s", e.name, policyOfWorkspaces),
					`with pods: "none" each workspace's own rules stand for it, and nothing is let off those`, "remove it, or give the workspace the host")
			}
			continue
		}
		if len(p.Native) == 0 {
			r.Warn(pathPolicies("pods"), "policies/native", "policy "+p.PolicyMarks.Name+" is for the cluster to ask",
				"it has no form for the API server alone (native.yaml), so only stillsuit check asks it", "write that form, or let Kyverno ask: remove pods")
		}
		for _, form := range p.Native {
			r.native(unit, p, form, params, off)
		}
	}
}

// nativePossible reports what does not go together with policies that the API server
// asks, and whether it can.
func (r *renderer) nativePossible() bool {
	if c := r.providers[groupKyverno]; c != nil {
		r.Warn(model.Path{"charts", c.owner}, "policies/native", "chart "+c.owner+" brings Kyverno",
			`cluster.policies says pods: "none", so the API server asks the policies, and Kyverno's pods take memory beside it`, `remove the chart, or pods: "none"`)
	} else {
		r.unaskedOfTree()
	}
	if r.d.Cluster.Policies.Failure != "" {
		r.Error(pathPolicies("failure"), "policies/native", "cluster.policies says what becomes of requests while Kyverno cannot be reached",
			`it says pods: "none" too, and the API server that asks the policies then is never away`, "remove one of them")
	}
	version := r.d.Cluster.Kubernetes.Version
	_, after, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(after, ".")
	if n, err := strconv.Atoi(minor); err == nil && n < 30 {
		r.Error(pathPolicies("pods"), "policies/native", `cluster.policies says pods: "none"`,
			"API servers ask such policies from Kubernetes 1.30 on, and the cluster's version is "+version, "use a newer version, or let Kyverno ask: remove pods")
		return false
	}
	return true
}

// unaskedOfTree reports raw objects that only Kyverno reads.
func (r *renderer) unaskedOfTree() {
	for _, id := range slices.SortedFunc(maps.Keys(r.byID), manifest.ID.Compare) {
		if o := r.byID[id]; o.Raw && ofKyverno(id.Group) {
			r.Error(o.Origin, "policies/native", fmt.Sprintf("%s %s is for Kyverno", id.Kind, id.Name),
				`cluster.policies says pods: "none" and no chart here brings Kyverno, so the API server does not know its kind`, "write a ValidatingAdmissionPolicy, or let Kyverno ask: remove pods")
		}
	}
}

// ofKyverno reports whether an API group is one whose objects Kyverno alone reads.
func ofKyverno(group string) bool { return group == groupKyverno || group == "kyverno.io" }

// native renders one form of a policy, and binds it.
func (r *renderer) native(unit unit, p LibraryPolicy, form *admissionv1.ValidatingAdmissionPolicy, params map[string]string, off []excuse) {
	v := form.DeepCopy()
	if v.Annotations == nil {
		v.Annotations = map[string]string{}
	}
	v.Labels = map[string]string{labelManagedBy: managedBy}
	p.replace(v.Spec.Variables, params)
	for _, e := range off {
		not := e.not()
		v.Spec.MatchConditions = append(v.Spec.MatchConditions, not)
		v.Annotations[annotationOf+strings.TrimPrefix(not.Name, "except/")] = e.reason
	}
	if n := len(v.Spec.MatchConditions); n > mostConditions {
		r.Error(pathPolicies("exceptions"), "policies/native", fmt.Sprintf("%d exceptions let something off policy %s", len(off), p.PolicyMarks.Name),
			fmt.Sprintf("the API server takes %d conditions of a policy, and with its own these make %d", mostConditions, n), "let whole namespaces off, or write off: \"…\" for the policy")
		return
	}
	r.add(unit, kindAdmission, v, pathPolicies("sets"))
	r.add(unit, kindAdmissionBound, &admissionv1.ValidatingAdmissionPolicyBinding{
		ObjectMeta: metav1.ObjectMeta{Name: v.Name, Labels: map[string]string{labelManagedBy: managedBy}},
		Spec:       admissionv1.ValidatingAdmissionPolicyBindingSpec{PolicyName: v.Name, ValidationActions: r.nativeActions(p)},
	}, pathPolicies("sets"))
}

// nativeActions are those of the cluster, else of the policy. Nothing reports what is
// only audited, so whoever made the request is warned too.
func (r *renderer) nativeActions(p LibraryPolicy) []admissionv1.ValidationAction {
	if r.d.Cluster.Policies.Denies(slices.Contains(p.Spec.ValidationActions(), admissionv1.Deny)) {
		return []admissionv1.ValidationAction{admissionv1.Deny}
	}
	return []admissionv1.ValidationAction{admissionv1.Audit, admissionv1.Warn}
}

// not is the condition that nothing is judged that the exception is about. Its end is
// held against the time at which an object is created, which the API server sets before
// it asks: CEL has no clock. What was created before may still be changed.
func (e excuse) not() admissionv1.MatchCondition {
	var all []string
	for _, c := range e.conditions {
		all = append(all, c.Expression)
	}
	if last, err := time.Parse(time.DateOnly, e.until); err == nil {
		all = append(all, fmt.Sprintf("timestamp(object.metadata.creationTimestamp) < timestamp('%s')", last.AddDate(0, 0, 1).Format(time.RFC3339)))
	}
	name := e.name
	if len(name) > validation.DNS1123LabelMaxLength { // as the API server has it for names of conditions
		name = fmt.Sprintf("%s-%x", strings.TrimRight(name[:validation.DNS1123LabelMaxLength-9], ".-"), sha256.Sum256([]byte(name)))[:validation.DNS1123LabelMaxLength]
	}
	return admissionv1.MatchCondition{Name: "except/" + name, Expression: "!((" + strings.Join(all, ") && (") + "))"}
}
