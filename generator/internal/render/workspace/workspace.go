package workspace

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/internal/resolve/workspaces"
	"stillsuit.dev/generator/model"
)

// enclosed is what keeps those who fill a workspace inside of it.
func enclosed(c *resolve.Cluster, ns *workspaces.Namespace) []object.Made {
	return slices.Concat([]object.Made{workspaceTraffic(c, ns)}, admission(c, ns), ours(ns))
}

// workspaceTraffic lets pods that are not ours talk to each other and to DNS,
// and the ingress controller to them. Ours keep to what they declare.
func workspaceTraffic(in *resolve.Cluster, ns *workspaces.Namespace) object.Made {
	c := in.Desired.Cluster
	own := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{}}
	dns := func(protocol corev1.Protocol) networkingv1.NetworkPolicyPort {
		return networkingv1.NetworkPolicyPort{Port: ptr.To(intstr.FromInt32(53)), Protocol: ptr.To(protocol)}
	}
	return object.Of(scope.NamespacesUnit(), kinds.Policy, &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "workspace", Namespace: ns.Name, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: *workspaces.NotOurs(),
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{own, traffic.PodsOf(c.Ingress.Namespace, c.Ingress.Pods)}}},
			Egress: []networkingv1.NetworkPolicyEgressRule{
				{To: []networkingv1.NetworkPolicyPeer{own}},
				{
					To:    []networkingv1.NetworkPolicyPeer{traffic.PodsOf(c.Network.DNS.Namespace, c.Network.DNS.Pods)},
					Ports: []networkingv1.NetworkPolicyPort{dns(corev1.ProtocolTCP), dns(corev1.ProtocolUDP)},
				},
			},
		},
	}, model.Path{"namespaces", ns.Name})
}
