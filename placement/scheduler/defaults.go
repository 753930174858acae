package scheduler

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/resource"
)

// admitted is a pod with what the API server writes into it before the scheduler sees
// it, as far as that decides where it runs (k8s.io/kubernetes/pkg/apis/core/v1,
// SetDefaults_Pod): a limit is a request where none is made, and a port in the network
// of the host is the host's.
func admitted(p *corev1.Pod) *corev1.Pod {
	out := p.DeepCopy()
	for _, all := range [][]corev1.Container{out.Spec.Containers, out.Spec.InitContainers} {
		for i := range all {
			c := &all[i]
			c.Resources.Requests = filled(c.Resources.Requests, c.Resources.Limits)
			for j := range c.Ports {
				if port := &c.Ports[j]; out.Spec.HostNetwork && port.HostPort == 0 {
					port.HostPort = port.ContainerPort
				}
			}
		}
	}
	if whole := out.Spec.Resources; whole != nil && len(whole.Limits) > 0 {
		asked := corev1.ResourceList{}
		for name, q := range resource.AggregateContainerRequests(out, resource.PodResourcesOptions{}) {
			if name == corev1.ResourceCPU || name == corev1.ResourceMemory { // huge pages are not over-committed
				asked[name] = q
			}
		}
		for name, q := range whole.Limits {
			if _, said := asked[name]; !said && resource.IsSupportedPodLevelResource(name) {
				asked[name] = q
			}
		}
		whole.Requests = filled(whole.Requests, asked)
	}
	return out
}

// filled is a list with what only the other has.
func filled(list, other corev1.ResourceList) corev1.ResourceList {
	if len(other) == 0 {
		return list
	}
	out := maps.Clone(other)
	maps.Copy(out, list)
	return out
}
