package fit

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// suppose adds the pods that the options ask for.
func (a *analysis) suppose() {
	for _, name := range slices.Sorted(maps.Keys(a.opts.Extra)) {
		amounts := corev1.ResourceList{corev1.ResourceMemory: a.opts.Extra[name]}
		priority := int32(0)
		a.demand.Units = append(a.demand.Units, inventory.Unit{Name: name})
		a.demand.Workloads = append(a.demand.Workloads, &demand.Workload{
			Name: name, Pods: 1, Update: demand.Update{Surge: 1}, Unit: name,
			Template: &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default", Labels: map[string]string{"app": name}},
				Spec: corev1.PodSpec{
					Priority:   &priority,
					Containers: []corev1.Container{{Name: name, Resources: corev1.ResourceRequirements{Requests: amounts, Limits: amounts}}},
				},
			},
		})
	}
}
