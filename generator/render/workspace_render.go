package render

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"stillsuit.dev/generator/model"
)

// enclosed is what keeps those who fill a workspace inside of it.
func enclosed(c *cluster, ns *namespace) []made {
	return slices.Concat([]made{workspaceTraffic(c, ns)}, admission(c, ns), ours(ns))
}

// workspaceTraffic lets pods that are not ours talk to each other and to DNS,
// and the ingress controller to them. Ours keep to what they declare.
func workspaceTraffic(in *cluster, ns *namespace) made {
	c := in.declared.Cluster
	own := networkingv1.NetworkPolicyPeer{PodSelector: &metav1.LabelSelector{}}
	dns := func(protocol corev1.Protocol) networkingv1.NetworkPolicyPort {
		return networkingv1.NetworkPolicyPort{Port: ptr(intstr.FromInt32(53)), Protocol: ptr(protocol)}
	}
	return of(namespacesUnit(), kindPolicy, &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "workspace", Namespace: ns.name, Labels: map[string]string{labelManagedBy: managedBy}},
		Spec: networkingv1.NetworkPolicySpec{
			PodSelector: *notOurs(),
			PolicyTypes: []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress},
			Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{own, podsOf(c.Ingress.Namespace, c.Ingress.Pods)}}},
			Egress: []networkingv1.NetworkPolicyEgressRule{
				{To: []networkingv1.NetworkPolicyPeer{own}},
				{
					To:    []networkingv1.NetworkPolicyPeer{podsOf(c.Network.DNS.Namespace, c.Network.DNS.Pods)},
					Ports: []networkingv1.NetworkPolicyPort{dns(corev1.ProtocolTCP), dns(corev1.ProtocolUDP)},
				},
			},
		},
	}, model.Path{"namespaces", ns.name})
}
