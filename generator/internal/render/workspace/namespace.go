// Package workspace makes namespaces, their quotas and limits, and the admission rules
// of workspaces.
package workspace

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/render/workload"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workspaces"
	"stillsuit.dev/generator/model"
)

// NamespaceObjects are a namespace, its claims, and what bounds it.
func NamespaceObjects(c *resolve.Cluster, ns *workspaces.Namespace) []object.Made {
	var out []object.Made
	switch {
	case ns.Outside && ns.Isolated:
		return []object.Made{defaultDeny(scope.IsolationUnit(), ns)}
	case ns.Outside:
		return nil
	case !ns.System:
		out = shut(ns)
	}
	for _, claim := range ns.Claims {
		m := metav1.ObjectMeta{Name: claim.Name, Namespace: ns.Name, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}, Annotations: labels.With(labels.NeverPruned(), claim.Annotations)}
		out = append(out, object.Of(scope.NamespacesUnit(), kinds.Claim, &corev1.PersistentVolumeClaim{ObjectMeta: m, Spec: workload.ClaimSpec(claim.Claim)}, claim.At))
	}
	out = append(out, limits(c, ns)...)
	if ns.Workspace != nil {
		out = append(out, enclosed(c, ns)...)
	}
	return out
}

// shut is the namespace, with no way in or out.
func shut(ns *workspaces.Namespace) []object.Made {
	m := metav1.ObjectMeta{Name: ns.Name, Annotations: labels.NeverPruned(), Labels: labels.With(map[string]string{
		labels.ManagedBy:                         labels.Stillsuit,
		workspaces.PodSecurityLabels + "enforce": ns.Level,
		workspaces.PodSecurityLabels + "warn":    scope.Restricted.String(),
		workspaces.PodSecurityLabels + "audit":   scope.Restricted.String(),
	}, ns.Declared.Labels)}
	if ns.Declared.Workspace != "" {
		m.Annotations[model.AnnotationReason] = model.ReasonWorkspace + ns.Declared.Workspace
	}
	return []object.Made{object.Of(scope.NamespacesUnit(), kinds.Namespace, &corev1.Namespace{ObjectMeta: m}, ns.At), defaultDeny(scope.NamespacesUnit(), ns)}
}

// defaultDeny denies all pods of a namespace what nothing allows.
func defaultDeny(u scope.Unit, ns *workspaces.Namespace) object.Made {
	return object.Of(u, kinds.Policy, &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "default-deny", Namespace: ns.Name, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}},
		Spec:       networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}},
	}, ns.At)
}

// PriorityClasses are those that workloads ask for. Pods of system classes
// (two billion) stay above all of them.
func PriorityClasses(importance []string) []object.Made {
	var out []object.Made
	for _, class := range []struct {
		importance, says string
		value            int32
	}{
		{"critical", "runs before everything else, and pushes it aside", 1_000_000},
		{"high", "runs before what says nothing", 100_000},
		{"low", "gives way to everything else", -1_000},
	} {
		if slices.Contains(importance, class.importance) {
			out = append(out, object.Of(scope.NamespacesUnit(), kinds.Priority, &schedulingv1.PriorityClass{
				ObjectMeta: metav1.ObjectMeta{Name: workspaces.PriorityName(class.importance), Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}},
				Value:      class.value, Description: class.says,
			}, model.Path{"apps"}))
		}
	}
	return out
}
