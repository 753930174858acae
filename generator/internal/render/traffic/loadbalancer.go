package traffic

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/render/workload"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// LoadBalancer is the Service with an address of the home network.
func LoadBalancer(x *traffic.Balancer) []object.Made {
	s := &corev1.Service{ObjectMeta: x.Of.Meta(x.Name), Spec: corev1.ServiceSpec{
		Type: corev1.ServiceTypeLoadBalancer, Selector: x.Selector, Ports: workload.ServicePorts(x.Ports),
		ExternalTrafficPolicy:    corev1.ServiceExternalTrafficPolicyLocal, // keeps the client's address, which the NetworkPolicy sees
		LoadBalancerSourceRanges: x.From,
	}}
	s.Labels[labels.Exposure] = x.At[3]
	if x.Metallb {
		s.Annotations = map[string]string{"metallb.io/loadBalancerIPs": x.Address}
		s.Spec.AllocateLoadBalancerNodePorts = ptr.To(false)
		if x.SharedKey != "" {
			s.Annotations[traffic.SharedKey] = x.SharedKey
		}
	}
	if x.Cluster != "" {
		s.Spec.ExternalTrafficPolicy = corev1.ServiceExternalTrafficPolicyCluster
		s.Annotations = labels.With(s.Annotations, map[string]string{model.AnnotationReason: "externalTrafficPolicy Cluster: " + x.Cluster})
	}
	s.Annotations = labels.With(s.Annotations, x.Annotations)
	return []object.Made{object.Of(x.Unit, kinds.Service, s, x.At)}
}
