package fit

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// pod is one pod.
type pod struct {
	*demand.Workload
	name  string // as a person calls it
	at    string // the node that a DaemonSet's pod is for
	ready *scheduler.Pod
	// requests and limits are bytes of memory; limited says that there is a limit.
	// cpu is thousandths of a core that it asks for.
	requests, limits, cpu int64
	limited               bool
	claims                []string // on which it waits: namespace/name
}

// like reports whether two pods differ in nothing but their name.
func (one *pod) like(other *pod) bool {
	return one.Workload == other.Workload && one.at == "" && len(one.claims) == 0 &&
		!slices.ContainsFunc(one.Template.Spec.Volumes, func(v corev1.Volume) bool { return v.Ephemeral != nil })
}

// takesDaemon reports whether the DaemonSet controller makes a pod for a node.
func takesDaemon(template *corev1.Pod, node *corev1.Node) bool {
	fits, err := nodeaffinity.GetRequiredNodeAffinity(template).Match(node)
	if err != nil || !fits {
		return false
	}
	_, tainted := scheduler.Untolerated(node.Spec.Taints, slices.Concat(template.Spec.Tolerations, daemonTolerations()))
	return !tainted
}

// daemonTolerations are those that the DaemonSet controller adds
// (kubernetes.io, DaemonSet, taints and tolerations).
func daemonTolerations() []corev1.Toleration {
	var out []corev1.Toleration
	for _, key := range []string{"not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable", "network-unavailable"} {
		out = append(out, corev1.Toleration{Key: "node.kubernetes.io/" + key, Operator: corev1.TolerationOpExists})
	}
	return out
}

// object is the pod as kube-scheduler gets it.
func (one *pod) object(s *storage) *corev1.Pod {
	out := one.Template.DeepCopy()
	out.Name = one.name
	s.mount(one, out)
	if one.at == "" {
		return out
	}
	out.Spec.Tolerations = append(out.Spec.Tolerations, daemonTolerations()...)
	only := corev1.NodeSelectorRequirement{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{one.at}}
	// As the controller does: the node takes the place of what the template requires.
	if out.Spec.Affinity == nil {
		out.Spec.Affinity = &corev1.Affinity{}
	}
	if out.Spec.Affinity.NodeAffinity == nil {
		out.Spec.Affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	out.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{only}}},
	}
	return out
}

// memorySpot is where a pod's memory request stands: that of the container that asks
// for most.
func memorySpot(w *demand.Workload) inventory.Spot {
	if w.Pod == nil {
		at := w.Spot
		at.Path = append(slices.Clone(at.Path), "requests", "memory")
		return at
	}
	var most inventory.Container
	var asked int64 = -1
	for _, c := range w.Pod.Containers() {
		if q := c.Resources.Requests[corev1.ResourceMemory]; !c.Init && quantities.Of(&q) > asked {
			most, asked = c, quantities.Of(&q)
		}
	}
	at := most.Spot
	at.Keys = append(slices.Clone(at.Keys), "resources", "requests", "memory")
	at.Path = append(slices.Clone(at.Path), "requests", "memory")
	return at
}
