package render

import (
	"cmp"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// controller runs the workload's pods.
func controller(c *cluster, u unit, w *resolvedWorkload) made {
	m, pod, strategy := w.meta(w.full), podTemplate(w), w.strategy
	selector := &metav1.LabelSelector{MatchLabels: w.selector}
	switch w.kind() {
	case "StatefulSet":
		set := &appsv1.StatefulSet{ObjectMeta: m, Spec: appsv1.StatefulSetSpec{
			Replicas: ptr(w.replicas()), Selector: selector, Template: pod, ServiceName: w.full,
			VolumeClaimTemplates: claimTemplates(w), UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: appsv1.StatefulSetUpdateStrategyType(strategy)},
		}}
		if strategy == "RollingUpdate" {
			set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr(int32(0))} // as rolling does
		}
		return of(u, kindStatefulSet, set, w.at)
	case "DaemonSet":
		set := &appsv1.DaemonSet{ObjectMeta: m, Spec: appsv1.DaemonSetSpec{
			Selector: selector, Template: pod, UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: appsv1.DaemonSetUpdateStrategyType(strategy)},
		}}
		if w.Update != nil && strategy == "RollingUpdate" && (w.Update.MaxSurge != nil || w.Update.MaxUnavailable != nil) {
			set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateDaemonSet{MaxSurge: w.Update.MaxSurge, MaxUnavailable: w.Update.MaxUnavailable}
		}
		return of(u, kindDaemonSet, set, w.at)
	case "Job":
		// Flux replaces a Job only when it may recreate it: its pods cannot be changed.
		m.Annotations = map[string]string{annotationForce: "enabled"}
		return of(u, kindJob, &batchv1.Job{ObjectMeta: m, Spec: jobSpec(w, pod)}, w.at)
	case "CronJob":
		policy := batchv1.ConcurrencyPolicy(w.Concurrency)
		if policy == "" {
			policy = batchv1.ForbidConcurrent
		}
		return of(u, kindCronJob, &batchv1.CronJob{ObjectMeta: m, Spec: batchv1.CronJobSpec{
			Schedule: w.Schedule, TimeZone: ptr(c.declared.Cluster.Timezone), ConcurrencyPolicy: policy,
			JobTemplate: batchv1.JobTemplateSpec{Spec: jobSpec(w, pod)},
		}}, w.at)
	default:
		d := &appsv1.Deployment{ObjectMeta: m, Spec: appsv1.DeploymentSpec{
			Replicas: ptr(w.replicas()), Selector: selector, Template: pod, Strategy: appsv1.DeploymentStrategy{Type: appsv1.DeploymentStrategyType(strategy)},
		}}
		if strategy == "RollingUpdate" {
			d.Spec.Strategy.RollingUpdate = rolling(w)
		}
		return of(u, kindDeployment, d, w.at)
	}
}

// rolling is how many pods of a Deployment are replaced at a time, with what the API
// server would fill in (apps/v1, 25% each). What it filled in is nobody's, so Flux could
// not take it away again, and a Deployment that gets a volume, and with it the strategy
// Recreate, would be refused (kubernetes issue 24198).
func rolling(w *resolvedWorkload) *appsv1.RollingUpdateDeployment {
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

func jobSpec(w *resolvedWorkload, pod corev1.PodTemplateSpec) batchv1.JobSpec {
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
func serviceOfWorkload(u unit, w *resolvedWorkload) []made {
	spec := corev1.ServiceSpec{Selector: w.selector, Ports: servicePorts(w.ports)}
	if w.kind() == "StatefulSet" { // it names its pods below its Service, which must not stand before them
		spec.ClusterIP = corev1.ClusterIPNone
	} else if len(w.ports) == 0 {
		return nil
	}
	return []made{of(u, kindService, &corev1.Service{ObjectMeta: w.meta(w.full), Spec: spec}, w.at)}
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
func disruption(u unit, w *resolvedWorkload) []made {
	if w.disruption == nil {
		return nil
	}
	spec := policyv1.PodDisruptionBudgetSpec{
		Selector: &metav1.LabelSelector{MatchLabels: w.selector}, MinAvailable: w.disruption.MinAvailable, MaxUnavailable: w.disruption.MaxUnavailable,
	}
	return []made{of(u, kindBudget, &policyv1.PodDisruptionBudget{ObjectMeta: w.meta(w.full), Spec: spec}, w.at)}
}
