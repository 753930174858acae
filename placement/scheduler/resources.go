package scheduler

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	kresource "k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/component-helpers/resource"

	"stillsuit.dev/generator/quantities"
)

// A container that asks for no cpu or memory counts as these where nodes are compared
// (k8s.io/kubernetes/pkg/scheduler/util, DefaultMilliCPURequest, DefaultMemoryRequest).
const (
	defaultMilliCPU = 100
	defaultMemory   = 200 << 20
)

// demand is what a pod asks for, by Kubernetes' rules for containers, native
// sidecars, init containers, pod-level resources and overhead.
type demand struct {
	cpu, memory, disk int64 // millicores, bytes, bytes
	scalars           []scalarDemand
	lacking           []corev1.ResourceName // asked for, and no node has any
	// What a container that asks for nothing counts as: for the pod when it is placed,
	// and for the pod when it runs. They differ where resources are said for the pod
	// as a whole: the score of NodeResourcesFit does not look at those.
	placedCPU, placedMemory, runsCPU, runsMemory int64
}

type scalarDemand struct {
	id   int
	name corev1.ResourceName
	n    int64
}

// extended are the resources that nodes have besides cpu, memory, disk and pods, numbered.
type extended struct {
	id   map[corev1.ResourceName]int
	room []int64 // resource × node
}

// extendedOf numbers the extended resources of the nodes.
func extendedOf(nodes []*corev1.Node) extended {
	s := extended{id: map[corev1.ResourceName]int{}}
	names := map[corev1.ResourceName]bool{}
	for _, n := range nodes {
		for name := range n.Status.Allocatable {
			names[name] = names[name] || scalarName(name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !names[name] {
			continue
		}
		s.id[name] = len(s.id)
		for _, n := range nodes {
			q := n.Status.Allocatable[name]
			s.room = append(s.room, quantities.Of(&q))
		}
	}
	return s
}

// scalarName reports whether kube-scheduler counts a resource besides cpu, memory,
// ephemeral storage and pods: extended resources, huge pages, attachable volumes.
func scalarName(name corev1.ResourceName) bool {
	text := string(name)
	return strings.HasPrefix(text, corev1.ResourceHugePagesPrefix) || strings.HasPrefix(text, corev1.ResourceAttachableVolumesPrefix) ||
		strings.Contains(text, "/") && (strings.Contains(text, corev1.ResourceDefaultNamespacePrefix) || !strings.HasPrefix(text, corev1.DefaultResourceRequestsPrefix))
}

// requestsOf is what a pod asks for, summed up as the scheduler does.
func requestsOf(pod *corev1.Pod) corev1.ResourceList {
	return resource.PodRequests(pod, resource.PodResourcesOptions{})
}

// demand returns what a pod asks for.
func (s *extended) demand(pod *corev1.Pod) demand {
	requests := requestsOf(pod)
	d := demand{cpu: quantities.Milli(requests.Cpu()), memory: quantities.Of(requests.Memory()), disk: quantities.Of(requests.StorageEphemeral())}
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		q := requests[name]
		if !scalarName(name) || q.IsZero() {
			continue
		}
		id, known := s.id[name]
		if !known {
			d.lacking = append(d.lacking, name)
			continue
		}
		d.scalars = append(d.scalars, scalarDemand{id, name, quantities.Of(&q)})
	}
	defaults := corev1.ResourceList{
		corev1.ResourceCPU:    *kresource.NewMilliQuantity(defaultMilliCPU, kresource.DecimalSI),
		corev1.ResourceMemory: *kresource.NewQuantity(defaultMemory, kresource.BinarySI),
	}
	placed := resource.PodRequests(pod, resource.PodResourcesOptions{NonMissingContainerRequests: defaults, SkipPodLevelResources: true})
	d.placedCPU, d.placedMemory = quantities.Milli(placed.Cpu()), quantities.Of(placed.Memory())
	if resource.IsPodLevelRequestsSet(pod) {
		maps.DeleteFunc(defaults, func(name corev1.ResourceName, _ kresource.Quantity) bool { _, said := requests[name]; return said })
	}
	runs := resource.PodRequests(pod, resource.PodResourcesOptions{NonMissingContainerRequests: defaults})
	d.runsCPU, d.runsMemory = quantities.Milli(runs.Cpu()), quantities.Of(runs.Memory())
	return d
}
