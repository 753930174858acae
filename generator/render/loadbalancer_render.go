package render

import corev1 "k8s.io/api/core/v1"

// loadBalancer is the Service with an address of the home network.
func loadBalancer(x *balancer) []made {
	s := &corev1.Service{ObjectMeta: x.of.meta(x.name), Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeLoadBalancer, Selector: x.selector, Ports: servicePorts(x.ports),
		ExternalTrafficPolicy:    corev1.ServiceExternalTrafficPolicyLocal, // keeps the client's address, which the NetworkPolicy sees
		LoadBalancerSourceRanges: x.from,
	}}
	s.Labels[labelExposure] = x.at[3]
	if x.metallb {
		s.Annotations = map[string]string{"metallb.io/loadBalancerIPs": x.address}
		s.Spec.AllocateLoadBalancerNodePorts = ptr(false)
	}
	s.Annotations = with(s.Annotations, x.annotations)
	return []made{of(x.unit, kindService, s, x.at)}
}
