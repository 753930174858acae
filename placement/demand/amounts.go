package demand

import (
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/component-helpers/resource"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/quantities"
)

// Requests are what a pod asks of a node, by Kubernetes' own rules: init
// containers, sidecars, amounts of the pod and overhead count as they do there.
func Requests(p *corev1.Pod) corev1.ResourceList {
	return resource.PodRequests(p, resource.PodResourcesOptions{})
}

// Limits are the most that a pod may take. A resource that a container does not
// limit is missing, since the pod may take all of it.
func Limits(p *corev1.Pod) corev1.ResourceList {
	out := resource.PodLimits(p, resource.PodResourcesOptions{})
	if p.Spec.Resources != nil {
		if _, said := p.Spec.Resources.Limits[corev1.ResourceMemory]; said {
			return out
		}
	}
	for _, containers := range [][]corev1.Container{p.Spec.InitContainers, p.Spec.Containers} {
		for _, c := range containers {
			if limit := c.Resources.Limits[corev1.ResourceMemory]; limit.IsZero() {
				delete(out, corev1.ResourceMemory)
			}
		}
	}
	return out
}

func selectorOf(o *manifest.Object) labels.Selector {
	budget, ok := o.Value.(*policyv1.PodDisruptionBudget)
	if !ok {
		return nil
	}
	out, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
	if err != nil {
		return nil // the API server refuses it
	}
	return out
}

// countable reports whether all amounts of a pod are known.
func countable(spec *corev1.PodSpec) bool {
	ok := known(spec.Overhead)
	if r := spec.Resources; r != nil {
		ok = ok && known(r.Requests) && known(r.Limits)
	}
	each(spec, func(c *corev1.Container) { ok = ok && known(c.Resources.Requests) && known(c.Resources.Limits) })
	return ok
}

func known(list corev1.ResourceList) bool {
	for _, q := range list {
		if !quantities.Known(q) {
			return false
		}
	}
	return true
}
