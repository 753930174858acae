package main

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// amount is memory that pods ask for together.
type amount struct {
	requests, limits resource.Quantity
	// unlimited says that a container has no limit.
	unlimited bool
}

// add counts a container.
func (a *amount) add(requests, limits corev1.ResourceList) {
	a.requests.Add(requests[corev1.ResourceMemory])
	limit, limited := limits[corev1.ResourceMemory]
	a.limits.Add(limit)
	a.unlimited = a.unlimited || !limited
}

// times counts pods that are all alike.
func (a *amount) times(pods int32, pod amount) {
	for range pods {
		a.requests.Add(pod.requests)
		a.limits.Add(pod.limits)
		a.unlimited = a.unlimited || pod.unlimited
	}
}

// atLeast raises a to what b asks for.
func (a *amount) atLeast(b amount) {
	if a.requests.Cmp(b.requests) < 0 {
		a.requests = b.requests
	}
	if a.limits.Cmp(b.limits) < 0 {
		a.limits = b.limits
	}
	a.unlimited = a.unlimited || b.unlimited
}

// ofPod is what the scheduler counts for a pod: its containers and sidecars
// together, or what it takes while an init container runs beside the sidecars
// before it (kubernetes.io/docs/concepts/workloads/pods/sidecar-containers).
func ofPod(spec *corev1.PodSpec) amount {
	var pod, sidecars, peak amount
	for _, c := range spec.InitContainers {
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			sidecars.add(c.Resources.Requests, c.Resources.Limits)
			continue
		}
		var step amount
		step.times(1, sidecars)
		step.add(c.Resources.Requests, c.Resources.Limits)
		peak.atLeast(step)
	}
	for _, c := range spec.Containers {
		pod.add(c.Resources.Requests, c.Resources.Limits)
	}
	pod.times(1, sidecars)
	pod.atLeast(peak)
	return pod
}

// words says what an amount is: 64Mi, limit 256Mi.
func (a amount) words() string {
	if a.unlimited {
		return a.requests.String() + ", no limit"
	}
	return a.requests.String() + ", limit " + a.limits.String()
}

func (a amount) none() bool { return a.requests.IsZero() && a.limits.IsZero() && !a.unlimited }
