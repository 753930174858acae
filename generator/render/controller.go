package render

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// controller puts the object into the unit that runs the workload's pods.
func (r *renderer) controller(unit unit, w *workload, pod corev1.PodTemplateSpec) {
	m := meta(w, w.full)
	selector := &metav1.LabelSelector{MatchLabels: w.selector}
	kind := w.kind()
	strategy := r.strategy(w, kind)
	r.kindFields(w, kind, strategy)
	switch kind {
	case "StatefulSet":
		set := &appsv1.StatefulSet{ObjectMeta: m, Spec: appsv1.StatefulSetSpec{
			Replicas: ptr(w.replicas()), Selector: selector, Template: pod, ServiceName: w.full,
			VolumeClaimTemplates: r.claimTemplates(w), UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: appsv1.StatefulSetUpdateStrategyType(strategy)},
		}}
		if strategy == "RollingUpdate" {
			set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr(int32(0))} // as rolling does
		}
		r.add(unit, kindStatefulSet, set, w.at)
	case "DaemonSet":
		set := &appsv1.DaemonSet{ObjectMeta: m, Spec: appsv1.DaemonSetSpec{
			Selector: selector, Template: pod, UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: appsv1.DaemonSetUpdateStrategyType(strategy)},
		}}
		if w.Update != nil && strategy == "RollingUpdate" && (w.Update.MaxSurge != nil || w.Update.MaxUnavailable != nil) {
			set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateDaemonSet{MaxSurge: w.Update.MaxSurge, MaxUnavailable: w.Update.MaxUnavailable}
		}
		r.add(unit, kindDaemonSet, set, w.at)
	case "Job":
		// Flux replaces a Job only when it may recreate it: its pods cannot be changed.
		m.Annotations = map[string]string{annotationForce: "enabled"}
		r.add(unit, kindJob, &batchv1.Job{ObjectMeta: m, Spec: r.job(w, pod)}, w.at)
	case "CronJob":
		policy := batchv1.ConcurrencyPolicy(w.Concurrency)
		if policy == "" {
			policy = batchv1.ForbidConcurrent
		}
		r.add(unit, kindCronJob, &batchv1.CronJob{ObjectMeta: m, Spec: batchv1.CronJobSpec{
			Schedule: w.Schedule, TimeZone: ptr(r.d.Cluster.Timezone), ConcurrencyPolicy: policy,
			JobTemplate: batchv1.JobTemplateSpec{Spec: r.job(w, pod)},
		}}, w.at)
	default:
		d := &appsv1.Deployment{ObjectMeta: m, Spec: appsv1.DeploymentSpec{
			Replicas: ptr(w.replicas()), Selector: selector, Template: pod, Strategy: appsv1.DeploymentStrategy{Type: appsv1.DeploymentStrategyType(strategy)},
		}}
		if strategy == "RollingUpdate" {
			d.Spec.Strategy.RollingUpdate = w.rolling()
		}
		r.add(unit, kindDeployment, d, w.at)
	}
}

// rolling is how many pods of a Deployment are replaced at a time, with what the API
// server would fill in (apps/v1, 25% each). What it filled in is nobody's, so Flux could
// not take it away again, and a Deployment that gets a volume, and with it the strategy
// Recreate, would be refused (kubernetes issue 24198).
func (w *workload) rolling() *appsv1.RollingUpdateDeployment {
	surge, unavailable := intstr.FromString("25%"), intstr.FromString("25%")
	switch {
	case w.Update != nil && (w.Update.MaxSurge != nil || w.Update.MaxUnavailable != nil):
		return &appsv1.RollingUpdateDeployment{MaxSurge: cmp.Or(w.Update.MaxSurge, &surge), MaxUnavailable: cmp.Or(w.Update.MaxUnavailable, &unavailable)}
	case w.Place != nil && w.Place.Apart != "" && w.replicas() > 1:
		// When every node has a pod, one more finds no place: an old one goes first.
		surge, unavailable = intstr.FromInt32(0), intstr.FromInt32(1)
	}
	return &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &unavailable}
}

// strategy is how pods are replaced: what is declared, else Recreate for a
// Deployment whose next pod could not start while the last one runs, because
// only one may hold the claim or the node's port.
func (r *scope) strategy(w *workload, kind string) string {
	if w.Update != nil && w.Update.Strategy != "" {
		s := w.Update.Strategy
		if s == "Recreate" && kind != "Deployment" || s == "OnDelete" && kind != "StatefulSet" && kind != "DaemonSet" {
			r.Error(w.at.Join("update", "strategy"), "app/kind", fmt.Sprintf("%s is updated by %s", w.full, s), fmt.Sprintf("a %s cannot be", kind), "remove strategy")
		}
		return s
	}
	if kind != "Deployment" {
		return "RollingUpdate"
	}
	if w.HostNetwork != "" && len(w.ports) > 0 {
		return "Recreate"
	}
	for _, v := range w.Volumes {
		access := v.Access
		if ns := r.d.Namespaces[w.app.Namespace]; v.Claim != "" && ns != nil && ns.Claims[v.Claim] != nil {
			access = ns.Claims[v.Claim].Access
		}
		if (v.Size != nil || v.Claim != "") && !v.ReadOnly && (access == "" || strings.HasPrefix(access, "ReadWriteOnce")) {
			return "Recreate"
		}
	}
	return "RollingUpdate"
}

func (r *renderer) job(w *workload, pod corev1.PodTemplateSpec) batchv1.JobSpec {
	job := batchv1.JobSpec{Template: pod, BackoffLimit: ptr(int32(3))}
	if w.Retries != nil {
		job.BackoffLimit = w.Retries
	}
	if w.Deadline != 0 {
		job.ActiveDeadlineSeconds = ptr(seconds64(time.Duration(w.Deadline)))
	}
	return job
}

// service makes the workload's ports reachable inside the cluster.
func (r *renderer) service(unit unit, w *workload) {
	spec := corev1.ServiceSpec{Selector: w.selector, Ports: servicePorts(w.ports)}
	if w.kind() == "StatefulSet" { // it names its pods below its Service, which must not stand before them
		spec.ClusterIP = corev1.ClusterIPNone
	} else if len(w.ports) == 0 {
		return
	}
	r.add(unit, kindService, &corev1.Service{ObjectMeta: meta(w, w.full), Spec: spec}, w.at)
}

func servicePorts(ports []port) []corev1.ServicePort {
	var out []corev1.ServicePort
	for _, p := range ports {
		target := intstr.FromString(p.name)
		if p.service != nil {
			target = intstr.FromInt32(p.number)
		}
		out = append(out, corev1.ServicePort{Name: p.name, Port: p.front(), Protocol: p.protocol, TargetPort: target})
	}
	return out
}

// disruption keeps draining nodes from taking too many pods at a time.
func (r *renderer) disruption(unit unit, w *workload) {
	if kind := w.kind(); kind != "Deployment" && kind != "StatefulSet" {
		return
	}
	spec := policyv1.PodDisruptionBudgetSpec{Selector: &metav1.LabelSelector{MatchLabels: w.selector}}
	switch {
	case w.Disruption != nil:
		spec.MinAvailable, spec.MaxUnavailable = w.Disruption.MinAvailable, w.Disruption.MaxUnavailable
		if (spec.MinAvailable == nil) == (spec.MaxUnavailable == nil) {
			says, mend := "neither minAvailable nor maxUnavailable", "add one"
			if spec.MinAvailable != nil {
				says, mend = "both minAvailable and maxUnavailable", "keep one"
			}
			r.Error(w.at.Join("disruption"), "app/disruption", "the disruption budget of "+w.full+" says "+says, "it takes exactly one of them", mend)
			return
		}
	case w.replicas() > 1:
		spec.MaxUnavailable = ptr(intstr.FromInt32(1))
	default:
		return
	}
	r.add(unit, kindBudget, &policyv1.PodDisruptionBudget{ObjectMeta: meta(w, w.full), Spec: spec}, w.at)
}
