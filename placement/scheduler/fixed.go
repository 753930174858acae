package scheduler

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	storagev1 "k8s.io/api/storage/v1"
	schedulinghelper "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/component-helpers/storage/volume"
	"k8s.io/klog/v2"
)

// What follows is judged of a node alone, whatever runs there; placement/eligible asks
// it too.

// Untolerated returns the first taint that keeps pods with these tolerations away.
func Untolerated(taints []corev1.Taint, tolerations []corev1.Toleration) (corev1.Taint, bool) {
	return schedulinghelper.FindMatchingUntoleratedTaint(klog.Logger{}, taints, tolerations, func(t *corev1.Taint) bool {
		return t.Effect == corev1.TaintEffectNoSchedule || t.Effect == corev1.TaintEffectNoExecute
	}, false)
}

// RunBy lays the scheduling of a runtime class over a pod, as admission does; where
// both name a label of nodes admission refuses, and here the class's counts.
func RunBy(spec *corev1.PodSpec, class *nodev1.RuntimeClass) {
	if class.Scheduling == nil {
		return
	}
	selector := map[string]string{}
	maps.Copy(selector, spec.NodeSelector)
	maps.Copy(selector, class.Scheduling.NodeSelector)
	spec.NodeSelector = selector
	spec.Tolerations = slices.Concat(spec.Tolerations, class.Scheduling.Tolerations)
}

// Requests is what a pod asks for, by Kubernetes' rules for containers, native
// sidecars, init containers, pod-level resources and overhead, with the requests that
// the API server takes from limits.
func Requests(p *corev1.Pod) corev1.ResourceList { return requestsOf(admitted(p)) }

// Lacking returns the resources of which more is asked for than a node can ever give,
// by name. cpu, memory, ephemeral storage and the number of pods are not among them.
func Lacking(requests corev1.ResourceList, n *corev1.Node) []corev1.ResourceName {
	var out []corev1.ResourceName
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		asked, has := requests[name], n.Status.Allocatable[name]
		if scalarName(name) && asked.Cmp(has) > 0 {
			out = append(out, name)
		}
	}
	return out
}

// Reaches reports whether a node reaches a volume, by the volume's node affinity.
func Reaches(v *corev1.PersistentVolume, n *corev1.Node) bool {
	return volume.CheckNodeAffinity(v, n.Labels) == nil
}

// ClassOf is a claim's storage class: what it says, else the default of these, by the
// first name; "" for none.
func ClassOf(claim *corev1.PersistentVolumeClaim, classes []*storagev1.StorageClass) string {
	if volume.PersistentVolumeClaimHasClass(claim) {
		return volume.GetPersistentVolumeClaimClass(claim)
	}
	name := ""
	for _, class := range classes {
		if class.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" && (name == "" || cmp.Less(class.Name, name)) {
			name = class.Name
		}
	}
	return name
}

// Allowed are the nodes on which a storage class makes volumes, as its allowed
// topologies say; nil means all. Each term is a way to fulfil it.
func Allowed(class *storagev1.StorageClass) (*nodeaffinity.NodeSelector, error) {
	if len(class.AllowedTopologies) == 0 {
		return nil, nil
	}
	terms := &corev1.NodeSelector{}
	for _, allowed := range class.AllowedTopologies {
		var t corev1.NodeSelectorTerm
		for _, e := range allowed.MatchLabelExpressions {
			t.MatchExpressions = append(t.MatchExpressions, corev1.NodeSelectorRequirement{Key: e.Key, Operator: corev1.NodeSelectorOpIn, Values: e.Values})
		}
		terms.NodeSelectorTerms = append(terms.NodeSelectorTerms, t)
	}
	selector, err := nodeaffinity.NewNodeSelector(terms)
	if err != nil {
		return nil, fmt.Errorf("read allowed topologies of storage class %s: %w", class.Name, err)
	}
	return selector, nil
}
