package render

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// namespaceObjects are a namespace, its claims, and what bounds it.
func namespaceObjects(c *cluster, ns *namespace) []made {
	var out []made
	if !ns.system {
		out = shut(ns)
	}
	for _, claim := range ns.claims {
		m := metav1.ObjectMeta{Name: claim.name, Namespace: ns.name, Labels: map[string]string{labelManagedBy: managedBy}, Annotations: neverPruned()}
		out = append(out, of(namespacesUnit(), kindClaim, &corev1.PersistentVolumeClaim{ObjectMeta: m, Spec: claimSpec(claim.claim)}, claim.at))
	}
	out = append(out, limits(c, ns)...)
	if ns.workspace != nil {
		out = append(out, enclosed(c, ns)...)
	}
	return out
}

// shut is the namespace, with no way in or out.
func shut(ns *namespace) []made {
	m := metav1.ObjectMeta{Name: ns.name, Annotations: neverPruned(), Labels: with(map[string]string{
		labelManagedBy:                managedBy,
		podSecurityLabels + "enforce": ns.level,
		podSecurityLabels + "warn":    restricted.String(),
		podSecurityLabels + "audit":   restricted.String(),
	}, ns.Labels)}
	if ns.Workspace != "" {
		m.Annotations[model.AnnotationReason] = model.ReasonWorkspace + ns.Workspace
	}
	return []made{
		of(namespacesUnit(), kindNamespace, &corev1.Namespace{ObjectMeta: m}, ns.at),
		of(namespacesUnit(), kindPolicy, &networkingv1.NetworkPolicy{
			ObjectMeta: metav1.ObjectMeta{Name: "default-deny", Namespace: ns.name, Labels: map[string]string{labelManagedBy: managedBy}},
			Spec:       networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}},
		}, ns.at),
	}
}

// priorityClasses are those that workloads ask for. Pods of system classes
// (two billion) stay above all of them.
func priorityClasses(importance []string) []made {
	var out []made
	for _, class := range []struct {
		importance, says string
		value            int32
	}{
		{"critical", "runs before everything else, and pushes it aside", 1_000_000},
		{"high", "runs before what says nothing", 100_000},
		{"low", "gives way to everything else", -1_000},
	} {
		if slices.Contains(importance, class.importance) {
			out = append(out, of(namespacesUnit(), kindPriority, &schedulingv1.PriorityClass{
				ObjectMeta: metav1.ObjectMeta{Name: priorityName(class.importance), Labels: map[string]string{labelManagedBy: managedBy}},
				Value:      class.value, Description: class.says,
			}, model.Path{"apps"}))
		}
	}
	return out
}
