package policies

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	policiesv1 "github.com/kyverno/api/api/policies.kyverno.io/v1"
	admissionv1 "k8s.io/api/admissionregistration/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/model"
)

// policyOfWorkspaces is not rendered in the native form: every workspace has rules of
// its own about its hosts (admission.go), which say the same and more, and refuse
// whatever the action is.
const policyOfWorkspaces = "workspace-hosts"

// mostConditions is how many conditions the API server takes of one policy
// (k8s.io/kubernetes, pkg/apis/admissionregistration/validation).
const mostConditions = 64

// natives are the policies as ValidatingAdmissionPolicies, which the API server
// itself asks. What is let off them is a condition of those that it is let off.
func (r Policies) natives(chosen []policy.Policy, excuses []Exception) []Native {
	if !r.nativePossible() {
		return nil
	}
	var out []Native
	for _, p := range chosen {
		var off []Exception
		for _, e := range excuses {
			if slices.Contains(e.Policies, policiesv1.PolicyRef{Name: p.PolicyMarks.Name, Kind: kinds.Validating.Kind}) {
				off = append(off, e)
			}
		}
		if p.PolicyMarks.Name == policyOfWorkspaces {
			for _, e := range off {
				r.Error(e.At, "policies/native", fmt.Sprintf("exception %s is about policy %s", e.Name, policyOfWorkspaces),
					`with pods: "none" the rules of each workspace replace it, and those have no exceptions`, "remove it, or give the workspace the host")
			}
			continue
		}
		if len(p.Native) == 0 {
			r.Warn(PathPolicies("pods"), "policies/native", "policy "+p.PolicyMarks.Name+" is for the cluster to ask",
				"it has no form for the API server alone (native.yaml), so only stillsuit check asks it", "write that form, or let Kyverno ask: remove pods")
		}
		for _, form := range p.Native {
			if r.takesConditions(p, form, off) {
				out = append(out, Native{p, form, off})
			}
		}
	}
	return out
}

// takesConditions reports a policy that more is let off than the API server takes.
func (r Policies) takesConditions(p policy.Policy, form *admissionv1.ValidatingAdmissionPolicy, off []Exception) bool {
	n := len(form.Spec.MatchConditions) + len(off)
	if n <= mostConditions {
		return true
	}
	r.Error(PathPolicies("exceptions"), "policies/native", fmt.Sprintf("%d exceptions let something off policy %s", len(off), p.PolicyMarks.Name),
		fmt.Sprintf("the API server takes %d conditions of a policy, and with its own these make %d", mostConditions, n), "let whole namespaces off, or write off: \"…\" for the policy")
	return false
}

// nativePossible reports what does not go together with policies that the API server
// asks, and whether it can.
func (r Policies) nativePossible() bool {
	if c := r.Providers[kinds.GroupKyverno]; c != nil {
		r.Warn(model.Path{"charts", c.Owner}, "policies/native", "chart "+c.Owner+" brings Kyverno",
			`cluster.policies says pods: "none", so the API server asks the policies, and Kyverno's pods take memory beside it`, `remove the chart, or pods: "none"`)
	} else {
		r.unaskedOfTree()
	}
	if r.Desired.Cluster.Policies.Failure != "" {
		r.Error(PathPolicies("failure"), "policies/native", "cluster.policies says what becomes of requests while Kyverno cannot be reached",
			`it says pods: "none" too, and the API server that asks the policies then is never away`, "remove one of them")
	}
	version := r.Desired.Cluster.Kubernetes.Version
	_, after, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(after, ".")
	if n, err := strconv.Atoi(minor); err == nil && n < 30 {
		r.Error(PathPolicies("pods"), "policies/native", `cluster.policies says pods: "none"`,
			"API servers ask such policies from Kubernetes 1.30 on, and the cluster's version is "+version, "use a newer version, or let Kyverno ask: remove pods")
		return false
	}
	return true
}

// unaskedOfTree reports objects of the tree that only Kyverno reads.
func (r Policies) unaskedOfTree() {
	for _, o := range r.Written {
		if OfKyverno(o.ID.Group) {
			r.Error(o.At, "policies/native", fmt.Sprintf("%s %s is for Kyverno", o.ID.Kind, o.ID.Name),
				`cluster.policies says pods: "none" and no chart here brings Kyverno, so the API server does not know its kind`, "write a ValidatingAdmissionPolicy, or let Kyverno ask: remove pods")
		}
	}
}

// OfKyverno reports whether an API group is one whose objects Kyverno alone reads.
func OfKyverno(group string) bool { return group == kinds.GroupKyverno || group == "kyverno.io" }

// Native is a policy in a form for the API server alone, and what is let off it.
type Native struct {
	policy.Policy
	Form *admissionv1.ValidatingAdmissionPolicy
	Off  []Exception
}
