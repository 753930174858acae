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

// readScalars numbers the extended resources of the nodes.
func (s *Scheduler) readScalars() {
	names := map[corev1.ResourceName]bool{}
	for _, n := range s.nodes {
		for name := range n.Status.Allocatable {
			names[name] = names[name] || scalarName(name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !names[name] {
			continue
		}
		s.scalar[name] = len(s.scalar)
		for _, n := range s.nodes {
			q := n.Status.Allocatable[name]
			s.scalars = append(s.scalars, quantities.Of(&q))
		}
	}
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
func (s *Scheduler) demand(pod *corev1.Pod) demand {
	requests := requestsOf(pod)
	d := demand{cpu: quantities.Milli(requests.Cpu()), memory: quantities.Of(requests.Memory()), disk: quantities.Of(requests.StorageEphemeral())}
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		q := requests[name]
		if !scalarName(name) || q.IsZero() {
			continue
		}
		id, known := s.scalar[name]
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

// load is what the pods of a node ask for together.
type load struct {
	cpu, memory, disk, pods int64
	runsCPU, runsMemory     int64
	balance                 int64 // of what is used now, 0 to 100
}

// add counts a pod, or with a sign of -1 takes it away. kube-scheduler's sums wrap where
// these stop, which is beyond what any node has.
func (l *load) add(d *demand, sign int64) {
	l.cpu = quantities.Sum(l.cpu, sign*d.cpu)
	l.memory = quantities.Sum(l.memory, sign*d.memory)
	l.disk = quantities.Sum(l.disk, sign*d.disk)
	l.pods += sign
	l.runsCPU = quantities.Sum(l.runsCPU, sign*d.runsCPU)
	l.runsMemory = quantities.Sum(l.runsMemory, sign*d.runsMemory)
}

// resources judges NodeResourcesFit on a node.
func (st *State) resources(d *demand, node int) verdict {
	r, l := &st.s.room[node], &st.loads[node]
	out := fits
	if l.pods+1 > r.pods {
		out = full
	}
	if d.cpu > r.cpu || d.memory > r.memory || d.disk > r.disk || len(d.lacking) > 0 {
		// A request of zero fits everywhere; capacities are never below zero.
		return tooSmall
	}
	if d.cpu > 0 && d.cpu > r.cpu-l.cpu || d.memory > 0 && d.memory > r.memory-l.memory || d.disk > 0 && d.disk > r.disk-l.disk {
		out = full
	}
	n := len(st.s.nodes)
	for _, a := range d.scalars {
		at := a.id*n + node
		if a.n > st.s.scalars[at] {
			return tooSmall
		}
		if a.n > st.s.scalars[at]-st.scalars[at] {
			out = full
		}
	}
	return out
}

// lacks words what a node has too little of.
func (st *State) lacks(d *demand, node int) string {
	var out []string
	r, l := &st.s.room[node], &st.loads[node]
	say := func(what string, asked, has, used int64) {
		if asked > 0 && asked > has-used {
			out = append(out, "Insufficient "+what)
		}
	}
	if l.pods+1 > r.pods {
		out = append(out, "Too many pods")
	}
	say("cpu", d.cpu, r.cpu, l.cpu)
	say("memory", d.memory, r.memory, l.memory)
	say("ephemeral-storage", d.disk, r.disk, l.disk)
	var names []string
	for _, a := range d.scalars {
		at := a.id*len(st.s.nodes) + node
		if a.n > st.s.scalars[at]-st.scalars[at] {
			names = append(names, "Insufficient "+string(a.name))
		}
	}
	for _, name := range d.lacking {
		names = append(names, "Insufficient "+string(name))
	}
	slices.Sort(names)
	return strings.Join(append(out, names...), ", ")
}
