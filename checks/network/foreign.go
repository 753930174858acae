package network

import (
	"fmt"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/inventory"
)

// foreign reports webhooks of a tree that no CUE produced whose pods are shut: under which
// address the Kubernetes API reaches them is in no tree. A port that is open to everybody is
// open to the API too.
func foreign(pass *checks.Pass, w *wall) {
	templates, err := pass.PodTemplates()
	if err != nil {
		return // another check reports it
	}
	services := map[string]*corev1.Service{}
	for _, o := range pass.Objects {
		if s, is := o.Value.(*corev1.Service); is {
			services[o.Namespace+"/"+o.Name] = s
		}
	}
	api := end{name: "the Kubernetes API"}
	reported := map[string]bool{}
	for _, o := range pass.Objects {
		for _, c := range called(o.Value) {
			s := services[c.Namespace+"/"+c.Name]
			if s == nil || reported[c.Namespace+"/"+c.Name] {
				continue
			}
			for _, t := range templates {
				if t.Object.Namespace != s.Namespace || t.Spec.HostNetwork || !chosen(s.Spec.Selector, t.Labels) {
					continue
				}
				at, found := behind(s, c.Port, t)
				to := end{name: t.DisplayName(), pods: &pods{namespace: s.Namespace, labels: set{labels: t.Labels}}}
				if got, _ := w.lets(api, to, at); found && got != yes {
					reported[c.Namespace+"/"+c.Name] = true
					pass.Note(inventory.Spot{Object: o}, codeUnverified, fmt.Sprintf("whether the Kubernetes API can reach port %d of %s was not checked", at.number, t.DisplayName()),
						"NetworkPolicies admit some addresses alone, and the tree does not say the network plugin, which decides under which address a node talks to pods",
						"Compare the addresses with kubectl get nodes -o jsonpath={.items[*].spec.podCIDR}: flannel's overlay uses the first address of each.")
				}
			}
		}
	}
}

// called are the Services that the webhooks of an object lead to.
func called(value any) []*admissionv1.ServiceReference {
	var out []*admissionv1.ServiceReference
	add := func(c admissionv1.WebhookClientConfig) {
		if c.Service != nil {
			out = append(out, c.Service)
		}
	}
	switch v := value.(type) {
	case *admissionv1.ValidatingWebhookConfiguration:
		for i := range v.Webhooks {
			add(v.Webhooks[i].ClientConfig)
		}
	case *admissionv1.MutatingWebhookConfiguration:
		for i := range v.Webhooks {
			add(v.Webhooks[i].ClientConfig)
		}
	}
	return out
}

// chosen reports whether a Service selects pods.
func chosen(selector, labels map[string]string) bool {
	for key, value := range selector {
		if labels[key] != value {
			return false
		}
	}
	return len(selector) > 0
}

// behind is the port of pods behind a port of their Service; 443 where a webhook says none.
func behind(s *corev1.Service, front *int32, t *inventory.PodTemplate) (target, bool) {
	number := int32(443)
	if front != nil {
		number = *front
	}
	ports := map[string]int32{}
	for _, c := range t.Spec.Containers {
		for _, p := range c.Ports {
			ports[p.Name] = p.ContainerPort
		}
	}
	for _, p := range s.Spec.Ports {
		if p.Port != number {
			continue
		}
		at := target{number: p.TargetPort.IntVal, protocol: corev1.ProtocolTCP, ports: ports}
		switch {
		case p.TargetPort.StrVal != "":
			at.number = ports[p.TargetPort.StrVal]
		case at.number == 0:
			at.number = p.Port
		}
		return at, at.number != 0
	}
	return target{}, false
}
