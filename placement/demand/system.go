package demand

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// packaged are the components of K3s that ask for something, by the name under
// which they are switched off. Sources: manifests/coredns.yaml and
// manifests/metrics-server/metrics-server-deployment.yaml of k3s-io/k3s; its
// local-path-provisioner, load balancers and Traefik ask for nothing.
func packaged() map[string]*corev1.Pod {
	one := func(name, class string, requests, limits corev1.ResourceList) *corev1.Pod {
		return &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "kube-system", Labels: map[string]string{"k8s-app": name}},
			Spec: corev1.PodSpec{
				PriorityClassName: class, Tolerations: ofK3s(),
				Containers: []corev1.Container{{Name: name, Resources: corev1.ResourceRequirements{Requests: requests, Limits: limits}}},
			},
		}
	}
	return map[string]*corev1.Pod{
		"coredns":        one("coredns", "system-cluster-critical", of("100m", "70Mi"), of("", "170Mi")),
		"metrics-server": one("metrics-server", "system-node-critical", of("100m", "70Mi"), nil),
	}
}

// ofK3s are the tolerations of K3s's own pods.
func ofK3s() []corev1.Toleration {
	return []corev1.Toleration{
		{Key: "CriticalAddonsOnly", Operator: corev1.TolerationOpExists},
		{Key: "node-role.kubernetes.io/control-plane", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule},
	}
}

// bundled keeps what the distribution itself runs as pods.
func (r *reader) bundled() {
	if r.subject.Cluster == nil {
		return
	}
	components := packaged()
	for _, name := range slices.Sorted(maps.Keys(components)) {
		if r.subject.Cluster.Kubernetes.Brings(name) {
			r.add(&Workload{
				Name: "K3s " + name, Bundled: true, Pods: 1, Update: Update{Unavailable: 1}, Template: components[name],
				Spot: inventory.Spot{Path: []string{"kubernetes", "bundled", name}}, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"k8s-app": name}},
			})
		}
	}
}

// loadBalancers keeps what K3s's ServiceLB runs: for each Service of type LoadBalancer
// a pod on each node that holds its ports there (docs.k3s.io, networking services). It
// asks for nothing.
func (r *reader) loadBalancers() {
	if r.subject.Cluster == nil || !r.subject.Cluster.Kubernetes.Brings("servicelb") {
		return
	}
	for _, o := range r.subject.Objects {
		s, ok := o.Value.(*corev1.Service)
		if !ok || s.Spec.Type != corev1.ServiceTypeLoadBalancer || s.Spec.LoadBalancerClass != nil {
			continue
		}
		name := "svclb-" + s.Name
		template := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "kube-system", Labels: map[string]string{"app": name}},
			Spec:       corev1.PodSpec{PriorityClassName: "system-node-critical", Tolerations: ofK3s()},
		}
		for _, port := range s.Spec.Ports {
			template.Spec.Containers = append(template.Spec.Containers, corev1.Container{
				Name:  fmt.Sprintf("lb-%s-%d", strings.ToLower(string(cmp.Or(port.Protocol, corev1.ProtocolTCP))), port.Port),
				Ports: []corev1.ContainerPort{{ContainerPort: port.Port, HostPort: port.Port, Protocol: cmp.Or(port.Protocol, corev1.ProtocolTCP)}},
			})
		}
		r.add(&Workload{
			Name: "K3s " + name, PerNode: true, Pods: 1, Update: Update{Recreate: true, Unavailable: 1}, Template: template, Unit: r.unitOf[o],
			Spot: inventory.Spot{Object: o, Keys: []string{"spec", "ports"}}, Bundled: true,
		})
	}
}

// flux keeps Flux's own controllers, which `flux bootstrap` or the Flux Operator installs,
// with the limits that are rendered for them. What they ask for is in config/manager/deployment.yaml
// of kustomize-controller, helm-controller and source-controller; of
// notification-controller it is that of source-controller (our choice).
func (r *reader) flux() {
	c := r.subject.Cluster
	if c == nil || len(r.subject.Objects) == 0 {
		return
	}
	if c.Flux.Operator != nil {
		r.add(fluxOperator())
	}
	asks := map[string]string{"helm-controller": "100m", "kustomize-controller": "100m", "source-controller": "50m", "notification-controller": "50m"}
	for _, name := range slices.Sorted(maps.Keys(asks)) {
		labels := map[string]string{"app": name}
		w := &Workload{
			Name: "Flux " + name, Bundled: true, Pods: 1, Update: Update{Surge: 1}, Selector: &metav1.LabelSelector{MatchLabels: labels},
			Spot: inventory.Spot{Path: []string{"flux", "memory", name}},
			Template: &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "flux-system", Labels: labels},
				Spec: corev1.PodSpec{
					Containers: []corev1.Container{{Name: "manager", Resources: corev1.ResourceRequirements{Requests: of(asks[name], "64Mi"), Limits: corev1.ResourceList{corev1.ResourceMemory: c.Flux.Limit(name)}}}},
				},
			},
		}
		if name != "notification-controller" { // manifests/bases/*/patch.yaml of fluxcd/flux2
			w.Template.Spec.PriorityClassName = "system-cluster-critical"
		}
		if p := c.Flux.Place; p != nil {
			w.Template.Spec.NodeSelector = p.Selector()
			for _, key := range c.Tolerated(p) {
				w.Template.Spec.Tolerations = append(w.Template.Spec.Tolerations, corev1.Toleration{Key: key, Operator: corev1.TolerationOpExists})
			}
		}
		r.add(w)
	}
}

// fluxOperator is the Flux Operator, with what its chart requests unless told otherwise
// (controlplaneio-fluxcd/charts, charts/flux-operator/values.yaml).
func fluxOperator() *Workload {
	labels := map[string]string{"app.kubernetes.io/name": "flux-operator"}
	return &Workload{
		Name: "Flux operator", Bundled: true, Pods: 1, Update: Update{Surge: 1}, Selector: &metav1.LabelSelector{MatchLabels: labels},
		Spot: inventory.Spot{Path: []string{"flux", "operator"}},
		Template: &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "flux-operator", Namespace: "flux-system", Labels: labels},
			Spec: corev1.PodSpec{
				Containers: []corev1.Container{{Name: "manager", Resources: corev1.ResourceRequirements{Requests: of("100m", "64Mi"), Limits: of("", "1Gi")}}},
			},
		},
	}
}

// workspaces keeps what others may still start in the namespaces that were given to
// them: a pod as large as what the quota leaves.
func (r *reader) workspaces() {
	open := map[string]bool{}
	for _, o := range r.subject.Objects {
		if ns, ok := o.Value.(*corev1.Namespace); ok && strings.HasPrefix(ns.Annotations[model.AnnotationReason], model.ReasonWorkspace) {
			open[ns.Name] = true
		}
	}
	for _, o := range r.subject.Objects {
		quota, ok := o.Value.(*corev1.ResourceQuota)
		if !ok || !open[o.Namespace] || quota.Spec.ScopeSelector != nil || len(quota.Spec.Scopes) > 0 {
			continue
		}
		requests, limits := left(quota.Spec.Hard, "requests."), left(quota.Spec.Hard, "limits.")
		for _, w := range r.out.Workloads {
			if w.Template.Namespace == quota.Namespace {
				take(requests, Requests(w.Template), w.Pods)
				take(limits, Limits(w.Template), w.Pods)
			}
		}
		memory := requests[corev1.ResourceMemory]
		if memory.Sign() <= 0 || !known(requests) || !known(limits) || r.uncounted[quota.Namespace] {
			continue
		}
		for name, limit := range limits {
			if request, asked := requests[name]; asked && request.Cmp(limit) > 0 {
				requests[name] = limit.DeepCopy()
			}
		}
		labels := map[string]string{"stillsuit.dev/quota": quota.Name}
		r.add(&Workload{
			Name: "quota of " + quota.Namespace, Pods: 1, Grants: true, Unit: r.unitOf[o], Update: Update{Recreate: true, Unavailable: 1},
			Spot: inventory.Spot{Object: o, Keys: []string{"spec", "hard", "requests.memory"}, Path: []string{"memory"}},
			Template: &corev1.Pod{
				ObjectMeta: metav1.ObjectMeta{Name: quota.Name, Namespace: quota.Namespace, Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "any", Resources: corev1.ResourceRequirements{Requests: requests, Limits: limits}}}},
			},
		})
	}
}

// left are the amounts of a quota for requests or limits; cpu and memory alone mean
// requests.
func left(hard corev1.ResourceList, prefix corev1.ResourceName) corev1.ResourceList {
	out := corev1.ResourceList{}
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		q, said := hard[prefix+name]
		if !said && prefix == "requests." {
			q, said = hard[name]
		}
		if said {
			out[name] = q.DeepCopy()
		}
	}
	return out
}

func take(from, amounts corev1.ResourceList, times int) {
	for name, q := range from {
		amount := amounts[name].DeepCopy()
		amount.Mul(int64(times))
		q.Sub(amount)
		if q.Sign() < 0 {
			q = resource.Quantity{}
		}
		from[name] = q
	}
}

// budgets finds the disruption budgets of each workload.
func (r *reader) budgets() {
	for _, o := range r.subject.Objects {
		selects := selectorOf(o)
		if selects == nil {
			continue
		}
		for _, w := range r.out.Workloads {
			if w.Template.Namespace == o.Namespace && selects.Matches(labels.Set(w.Template.Labels)) {
				w.Budgets = append(w.Budgets, o)
			}
		}
	}
}
