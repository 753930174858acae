package tree_test

import (
	"fmt"
	"path"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// services: each leads to the pods of one workload, to ports that they have.
func services(c *cluster) []string {
	var out []string
	for _, s := range as[corev1.Service](c, "Service") {
		name := path.Join(s.Namespace, s.Name)
		found := c.selected(s.Namespace, &metav1.LabelSelector{MatchLabels: s.Spec.Selector})
		if c.ofChart(s.Namespace, s.Labels) && len(found) == 0 && len(s.Spec.Selector) > 0 {
			continue // the chart's own pods, which are not in the tree
		}
		if len(found) != 1 || len(s.Spec.Selector) == 0 {
			out = append(out, fmt.Sprintf("Service %s leads to %d workloads", name, len(found)))
			continue
		}
		for _, p := range s.Spec.Ports {
			if !slices.ContainsFunc(found[0].ports(), func(cp corev1.ContainerPort) bool {
				return cp.Protocol == p.Protocol && has([]corev1.ContainerPort{cp}, p.TargetPort)
			}) {
				out = append(out, fmt.Sprintf("Service %s leads to port %s, which %s has not", name, p.TargetPort.String(), found[0]))
			}
		}
	}
	return out
}

// ingresses lead to ports of Services.
func ingresses(c *cluster) []string {
	var out []string
	known := as[corev1.Service](c, "Service")
	for _, i := range as[networkingv1.Ingress](c, "Ingress") {
		name := path.Join(i.Namespace, i.Name)
		var backends []*networkingv1.IngressBackend
		if i.Spec.DefaultBackend != nil {
			backends = append(backends, i.Spec.DefaultBackend)
		}
		for _, r := range i.Spec.Rules {
			for _, p := range r.HTTP.Paths {
				backends = append(backends, &p.Backend)
			}
		}
		if len(backends) == 0 {
			out = append(out, fmt.Sprintf("Ingress %s leads nowhere", name))
		}
		if c.ofChart(i.Namespace, i.Labels) {
			continue // the chart's own Service, which is not in the tree
		}
		for _, b := range backends {
			if !slices.ContainsFunc(known, func(s *corev1.Service) bool {
				return s.Namespace == i.Namespace && s.Name == b.Service.Name && slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool {
					return p.Name == b.Service.Port.Name || b.Service.Port.Name == "" && p.Port == b.Service.Port.Number
				})
			}) {
				out = append(out, fmt.Sprintf("Ingress %s leads to %s:%s, which is not there", name, b.Service.Name, b.Service.Port.Name))
			}
		}
	}
	return out
}

// monitors find one Service each, with the ports that they scrape and the
// credentials that they send.
func monitors(c *cluster) []string {
	var out []string
	for _, m := range as[serviceMonitor](c, "ServiceMonitor") {
		name := path.Join(m.Namespace, m.Name)
		sel, err := metav1.LabelSelectorAsSelector(&m.Spec.Selector)
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		var found []*corev1.Service
		for _, s := range as[corev1.Service](c, "Service") {
			if s.Namespace == m.Namespace && sel.Matches(labels.Set(s.Labels)) {
				found = append(found, s)
			}
		}
		if len(found) != 1 {
			out = append(out, fmt.Sprintf("ServiceMonitor %s scrapes %d Services", name, len(found)))
			continue
		}
		for _, e := range m.Spec.Endpoints {
			if !slices.ContainsFunc(found[0].Spec.Ports, func(p corev1.ServicePort) bool { return p.Name == e.Port }) {
				out = append(out, fmt.Sprintf("ServiceMonitor %s scrapes port %s, which is not there", name, e.Port))
			}
			if e.Authorization != nil && !slices.ContainsFunc(c.all(), func(o object) bool {
				k := e.Authorization.Credentials
				return o.kind() == "Secret" && o.name() == path.Join(m.Namespace, k.Name) && (o.at("stringData", k.Key) != nil || o.at("data", k.Key) != nil)
			}) {
				out = append(out, fmt.Sprintf("ServiceMonitor %s sends a key that is in no Secret", name))
			}
		}
	}
	return out
}

// denied: every namespace is shut both ways to begin with.
func denied(c *cluster) []string {
	var out []string
	policies := as[networkingv1.NetworkPolicy](c, "NetworkPolicy")
	for _, ns := range as[corev1.Namespace](c, "Namespace") {
		if !slices.ContainsFunc(policies, func(p *networkingv1.NetworkPolicy) bool {
			s := p.Spec
			return p.Namespace == ns.Name && len(s.PodSelector.MatchLabels)+len(s.PodSelector.MatchExpressions) == 0 &&
				len(s.Ingress)+len(s.Egress) == 0 && len(s.PolicyTypes) == 2
		}) {
			out = append(out, "Namespace "+ns.Name+" is open")
		}
	}
	return out
}

// way is a direction of traffic, seen from the pods that a policy selects.
type way struct {
	direction networkingv1.PolicyType
	rules     func(p *networkingv1.NetworkPolicy) []rule
}

type rule struct {
	peers []networkingv1.NetworkPolicyPeer
	ports []networkingv1.NetworkPolicyPort
}

func ways() (in, out way) {
	in = way{networkingv1.PolicyTypeIngress, func(p *networkingv1.NetworkPolicy) []rule {
		var out []rule
		for _, r := range p.Spec.Ingress {
			out = append(out, rule{r.From, r.Ports})
		}
		return out
	}}
	out = way{networkingv1.PolicyTypeEgress, func(p *networkingv1.NetworkPolicy) []rule {
		var out []rule
		for _, r := range p.Spec.Egress {
			out = append(out, rule{r.To, r.Ports})
		}
		return out
	}}
	return in, out
}

// connected: a policy is about pods that are there, and what one end allows the
// other does too. Namespaces outside of the tree are not looked into.
func connected(c *cluster) []string {
	var problems []string
	policies := as[networkingv1.NetworkPolicy](c, "NetworkPolicy")
	workloads := c.workloads()
	namespaces := map[string]bool{}
	for _, ns := range as[corev1.Namespace](c, "Namespace") {
		namespaces[ns.Name] = true
	}
	in, out := ways()
	for _, p := range policies {
		name := path.Join(p.Namespace, p.Name)
		if len(p.Spec.PodSelector.MatchLabels) == 0 || c.ofChart(p.Namespace, p.Labels) {
			continue // of the namespace, or of a chart: see reached
		}
		selected := c.selected(p.Namespace, &p.Spec.PodSelector)
		if len(selected) == 0 {
			problems = append(problems, "NetworkPolicy "+name+" is about no pods")
		}
		for _, self := range selected {
			if self.pod.Spec.HostNetwork {
				problems = append(problems, fmt.Sprintf("NetworkPolicy %s is about %s, which uses its node's network", name, self))
			}
			for _, w := range []way{in, out} {
				for _, r := range w.rules(p) {
					for _, peer := range r.peers {
						others, known := peers(workloads, p.Namespace, peer, namespaces)
						if known && len(others) == 0 && !c.charted(peerNamespace(p.Namespace, peer)) {
							problems = append(problems, fmt.Sprintf("NetworkPolicy %s has a peer that is no pod of the tree", name))
						}
						for _, other := range others {
							for _, port := range r.ports {
								from, to, back := self, other, in
								if w.direction == networkingv1.PolicyTypeIngress {
									from, to, back = other, self, out
								}
								if !slices.ContainsFunc(to.ports(), func(cp corev1.ContainerPort) bool {
									return cp.Protocol == *port.Protocol && has([]corev1.ContainerPort{cp}, *port.Port)
								}) {
									problems = append(problems, fmt.Sprintf("NetworkPolicy %s opens port %s, which %s has not", name, port.Port, to))
								}
								if !allowed(back, policies, workloads, namespaces, other, self, port) {
									problems = append(problems, fmt.Sprintf("NetworkPolicy %s lets %s reach port %s of %s, but no %s rule at the other end does", name, from, port.Port, to, back.direction))
								}
							}
						}
					}
				}
			}
		}
	}
	return problems
}

// peers are the workloads of the tree that a peer stands for. It is not known
// who an address is, nor what runs in a namespace outside of the tree.
func peers(workloads []*workload, own string, peer networkingv1.NetworkPolicyPeer, namespaces map[string]bool) (found []*workload, known bool) {
	if peer.IPBlock != nil {
		return nil, false
	}
	if peer.NamespaceSelector != nil {
		own = peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"]
	}
	if !namespaces[own] {
		return nil, false
	}
	for _, w := range workloads {
		if w.Namespace == own && !w.pod.Spec.HostNetwork && (peer.PodSelector == nil || w.selects(peer.PodSelector)) {
			found = append(found, w)
		}
	}
	return found, true
}

// allowed reports whether the policies about self let it talk with other, as a
// plugin would decide: without one everything goes, else some rule must match.
func allowed(w way, policies []*networkingv1.NetworkPolicy, workloads []*workload, namespaces map[string]bool, self, other *workload, port networkingv1.NetworkPolicyPort) bool {
	shut := false
	for _, p := range policies {
		if p.Namespace != self.Namespace || !self.selects(&p.Spec.PodSelector) || !slices.Contains(p.Spec.PolicyTypes, w.direction) {
			continue
		}
		shut = true
		for _, r := range w.rules(p) {
			if !slices.ContainsFunc(r.ports, func(q networkingv1.NetworkPolicyPort) bool { return same(q, port) }) {
				continue
			}
			for _, peer := range r.peers {
				found, _ := peers(workloads, p.Namespace, peer, namespaces)
				if slices.ContainsFunc(found, func(f *workload) bool { return f.String() == other.String() }) {
					return true
				}
			}
		}
	}
	return !shut
}

func same(a, b networkingv1.NetworkPolicyPort) bool {
	return *a.Port == *b.Port && *a.Protocol == *b.Protocol && a.Port.Type == intstr.Int
}
