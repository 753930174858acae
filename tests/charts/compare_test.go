package charts

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	psa "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"stillsuit.dev/generator/model"
)

// differences are what a cluster declares of a chart and the chart makes otherwise.
func differences(r *release, m *made) []string {
	return slices.Concat(footprints(r.declared, m), services(r.declared, m, r.helm.Spec.ReleaseName), webhooks(r, m), networkPolicies(r, m), monitors(r, m), levels(r, m))
}

// footprints: each workload but hooks is the component that its label
// app.kubernetes.io/component names, or else app.kubernetes.io/name, and takes what the
// footprint says.
func footprints(declared *model.Chart, m *made) []string {
	var out []string
	left := maps.Clone(declared.Footprint)
	for _, w := range m.workloads {
		if w.hook {
			continue
		}
		component := cmp.Or(w.pod.Labels["app.kubernetes.io/component"], w.pod.Labels["app.kubernetes.io/name"])
		f := left[component]
		if f == nil || f.Off != "" {
			out = append(out, fmt.Sprintf("footprint has no component %s, and the chart makes %s", component, w))
			continue
		}
		delete(left, component)
		for what, values := range map[string][2]string{
			"perNode":         {fmt.Sprint(f.PerNode), fmt.Sprint(w.kind == "DaemonSet")},
			"pods":            {fmt.Sprint(f.Pods(1)), fmt.Sprint(w.replicas)},
			"requests.cpu":    {declaredAmount(f.Requests, corev1.ResourceCPU), w.amount(corev1.ResourceCPU, false)},
			"requests.memory": {declaredAmount(f.Requests, corev1.ResourceMemory), w.amount(corev1.ResourceMemory, false)},
			"limits.cpu":      {declaredAmount(f.Limits, corev1.ResourceCPU), w.amount(corev1.ResourceCPU, true)},
			"limits.memory":   {declaredAmount(f.Limits, corev1.ResourceMemory), w.amount(corev1.ResourceMemory, true)},
			"tolerate":        {fmt.Sprint(slices.Sorted(slices.Values(f.Tolerate))), fmt.Sprint(w.tolerated())},
			"labels":          {fmt.Sprint(map[string]string(f.Labels)), fmt.Sprint(w.selected())},
		} {
			if values[0] != values[1] {
				out = append(out, fmt.Sprintf("footprint.%s.%s is %s, and %s has %s", component, what, values[0], w, values[1]))
			}
		}
	}
	for component, f := range left {
		if f.Off == "" {
			out = append(out, fmt.Sprintf("footprint.%s: the chart makes no such component", component))
		}
	}
	return out
}

func declaredAmount(r *model.Resources, name corev1.ResourceName) string {
	var q *resource.Quantity
	if r != nil && name == corev1.ResourceCPU {
		q = r.CPU
	} else if r != nil {
		q = r.Memory
	}
	if q == nil {
		return "none"
	}
	return q.String()
}

// amount is what a pod requests, or is limited to: the sum of its containers, or what an
// init container has where that is more. A pod has a limit when each container has one.
func (w workload) amount(name corev1.ResourceName, limit bool) string {
	of := func(c corev1.Container) (resource.Quantity, bool) {
		list := c.Resources.Requests
		if limit {
			list = c.Resources.Limits
		}
		q, set := list[name]
		return q, set
	}
	var sum resource.Quantity
	some, all := false, true
	for _, c := range w.pod.Spec.Containers {
		q, set := of(c)
		some, all = some || set, all && set
		sum.Add(q)
	}
	for _, c := range w.pod.Spec.InitContainers {
		if q, set := of(c); set && q.Cmp(sum) > 0 {
			sum, some = q, true
		}
	}
	if !some || limit && !all {
		return "none"
	}
	return sum.String()
}

// tolerated are the keys of the taints that do not keep a pod away, "*" for all.
func (w workload) tolerated() []string {
	out := []string{}
	for _, t := range w.pod.Spec.Tolerations {
		if t.Key == "" {
			t.Key = "*"
		}
		if t.Operator == corev1.TolerationOpExists && !slices.Contains(out, t.Key) {
			out = append(out, t.Key)
		}
	}
	slices.Sort(out)
	return out
}

// selected are the labels of the nodes that a pod selects, but for the operating system.
func (w workload) selected() map[string]string {
	out := maps.Clone(w.pod.Spec.NodeSelector)
	delete(out, corev1.LabelOSStable)
	if out == nil {
		out = map[string]string{}
	}
	return out
}

// services: each is one that the chart makes, and the pods that we call by their labels
// are those behind it.
func services(declared *model.Chart, m *made, release string) []string {
	var out []string
	for name, s := range declared.Services {
		service, target := s.Service, s.Target
		if service == "" {
			service = release
		}
		if target == 0 {
			target = s.Port
		}
		ports, workloads, err := m.behind(service, s.Port)
		if err != nil {
			out = append(out, fmt.Sprintf("services.%s: %v", name, err))
			continue
		}
		for i, w := range workloads {
			if ports[i] != target {
				out = append(out, fmt.Sprintf("services.%s.target is %d, and %s listens on %d", name, target, w, ports[i]))
			}
			if !labels.SelectorFromSet(labels.Set(s.Pods)).Matches(labels.Set(w.pod.Labels)) {
				out = append(out, fmt.Sprintf("services.%s.pods does not select %s", name, w))
			}
		}
	}
	return out
}

// webhooks: the ports on which the API server calls the chart's pods are those that we
// declare, and a policy opens each of them to it.
func webhooks(r *release, m *made) []string {
	var out []string
	var ports []int32
	for _, w := range m.webhooks {
		behind, workloads, err := m.behind(w.service, w.port)
		if err != nil {
			out = append(out, fmt.Sprintf("webhook: %v", err))
		}
		for i, port := range behind {
			ports = append(ports, port)
			if !r.admits(workloads[i], port) {
				out = append(out, fmt.Sprintf("no policy opens port %d of %s to the API server", port, workloads[i]))
			}
		}
	}
	slices.Sort(ports)
	if ports = slices.Compact(ports); !slices.Equal(ports, slices.Sorted(slices.Values(r.declared.Webhooks))) {
		out = append(out, fmt.Sprintf("webhooks is %d, and the API server calls %d", r.declared.Webhooks, ports))
	}
	return out
}

// admits reports whether a policy opens a port of a pod to addresses.
func (r *release) admits(w workload, port int32) bool {
	return slices.ContainsFunc(r.policies, func(p *networkingv1.NetworkPolicy) bool {
		return selects(p.Spec.PodSelector, w) && slices.ContainsFunc(p.Spec.Ingress, func(rule networkingv1.NetworkPolicyIngressRule) bool {
			return slices.ContainsFunc(rule.From, func(from networkingv1.NetworkPolicyPeer) bool { return from.IPBlock != nil }) &&
				slices.ContainsFunc(rule.Ports, func(o networkingv1.NetworkPolicyPort) bool { return o.Port.IntVal == port })
		})
	})
}

func selects(selector metav1.LabelSelector, w workload) bool {
	s, err := metav1.LabelSelectorAsSelector(&selector)
	return err == nil && s.Matches(labels.Set(w.pod.Labels))
}

// networkPolicies: each is about pods that the chart makes, which listen on the ports that it
// opens; and every pod on the cluster's own network, hooks included, has one.
func networkPolicies(r *release, m *made) []string {
	var out []string
	covered := map[string]bool{}
	for _, p := range r.policies {
		var about []workload
		for _, w := range m.workloads {
			if !w.pod.Spec.HostNetwork && selects(p.Spec.PodSelector, w) {
				about, covered[w.String()] = append(about, w), true
			}
		}
		if len(about) == 0 {
			out = append(out, fmt.Sprintf("NetworkPolicy %s selects no pod that the chart makes", p.Name))
			continue
		}
		for _, rule := range p.Spec.Ingress {
			for _, port := range rule.Ports {
				if !slices.ContainsFunc(about, func(w workload) bool { return w.listens(port.Port.IntVal, *port.Protocol) }) {
					out = append(out, fmt.Sprintf("NetworkPolicy %s opens port %s %s, and no pod that it is about listens there", p.Name, port.Port, *port.Protocol))
				}
			}
		}
	}
	for _, w := range m.workloads {
		if !w.pod.Spec.HostNetwork && !covered[w.String()] {
			out = append(out, fmt.Sprintf("no NetworkPolicy is about %s, which therefore reaches nothing", w))
		}
	}
	return out
}

// monitors: the pods that are scraped listen on the port that is.
func monitors(r *release, m *made) []string {
	var out []string
	for _, o := range r.monitors {
		for _, endpoint := range o.Spec.PodMetricsEndpoints {
			if endpoint.PortNumber == nil || !slices.ContainsFunc(m.workloads, func(w workload) bool {
				return !w.hook && selects(o.Spec.Selector, w) && w.listens(*endpoint.PortNumber, corev1.ProtocolTCP)
			}) {
				out = append(out, fmt.Sprintf("PodMonitor %s scrapes a port on which no pod that it selects listens", o.Name))
			}
		}
	}
	return out
}

// levels: the namespace enforces a Pod Security level that every pod meets, hooks
// included, as the API server's own checks judge it; and it is privileged only where
// baseline, which a namespace with a chart enforces by default, would refuse one.
func levels(r *release, m *made) []string {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return []string{err.Error()}
	}
	refused := func(level psa.Level) []string {
		var out []string
		for _, w := range m.workloads {
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(psa.LevelVersion{Level: level, Version: psa.LatestVersion()}, &w.pod.ObjectMeta, &w.pod.Spec))
			if !result.Allowed {
				out = append(out, fmt.Sprintf("the namespace's level %s refuses %s: %s", level, w, result.ForbiddenDetail()))
			}
		}
		return out
	}
	level, err := psa.ParseLevel(r.level)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("the namespace enforces %q: %v", r.level, err)}
	case level == psa.LevelPrivileged && len(refused(psa.LevelBaseline)) == 0:
		return []string{"the namespace's level is privileged, and its pods meet baseline"}
	}
	return refused(level)
}
