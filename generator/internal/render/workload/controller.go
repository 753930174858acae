// Package workload makes the objects of an app: controllers with their pods, Services,
// ConfigMaps, claims and accounts.
package workload

import (
	"cmp"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
)

// Controller runs the workload's pods.
func Controller(c *resolve.Cluster, u scope.Unit, w *workload.Resolved) object.Made {
	m, pod, strategy := w.Meta(w.Full), podTemplate(w), w.Strategy
	selector := &metav1.LabelSelector{MatchLabels: w.Controls}
	switch w.Kind() {
	case "StatefulSet":
		set := &appsv1.StatefulSet{ObjectMeta: m, Spec: appsv1.StatefulSetSpec{
			Replicas: ptr.To(w.Replicas()), Selector: selector, Template: pod, ServiceName: w.Full,
			VolumeClaimTemplates: claimTemplates(w), UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: appsv1.StatefulSetUpdateStrategyType(strategy)},
		}}
		if strategy == "RollingUpdate" {
			set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateStatefulSetStrategy{Partition: ptr.To(int32(0))} // as rolling does
		}
		return object.Of(u, kinds.StatefulSet, set, w.At)
	case "DaemonSet":
		set := &appsv1.DaemonSet{ObjectMeta: m, Spec: appsv1.DaemonSetSpec{
			Selector: selector, Template: pod, UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: appsv1.DaemonSetUpdateStrategyType(strategy)},
		}}
		if w.Declared.Update != nil && strategy == "RollingUpdate" && (w.Declared.Update.MaxSurge != nil || w.Declared.Update.MaxUnavailable != nil) {
			set.Spec.UpdateStrategy.RollingUpdate = &appsv1.RollingUpdateDaemonSet{MaxSurge: w.Declared.Update.MaxSurge, MaxUnavailable: w.Declared.Update.MaxUnavailable}
		}
		return object.Of(u, kinds.DaemonSet, set, w.At)
	case "Job":
		// Flux replaces a Job only when it may recreate it: its pods cannot be changed.
		m.Annotations = map[string]string{labels.AnnotationForce: "enabled"}
		return object.Of(u, kinds.Job, &batchv1.Job{ObjectMeta: m, Spec: jobSpec(w, pod)}, w.At)
	case "CronJob":
		policy := batchv1.ConcurrencyPolicy(w.Declared.Concurrency)
		if policy == "" {
			policy = batchv1.ForbidConcurrent
		}
		return object.Of(u, kinds.CronJob, &batchv1.CronJob{ObjectMeta: m, Spec: batchv1.CronJobSpec{
			Schedule: w.Declared.Schedule, TimeZone: ptr.To(c.Desired.Cluster.Timezone), ConcurrencyPolicy: policy,
			JobTemplate: batchv1.JobTemplateSpec{Spec: jobSpec(w, pod)},
		}}, w.At)
	default:
		d := &appsv1.Deployment{ObjectMeta: m, Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To(w.Replicas()), Selector: selector, Template: pod, Strategy: appsv1.DeploymentStrategy{Type: appsv1.DeploymentStrategyType(strategy)},
		}}
		if strategy == "RollingUpdate" {
			d.Spec.Strategy.RollingUpdate = rolling(w)
		}
		return object.Of(u, kinds.Deployment, d, w.At)
	}
}

// rolling is how many pods of a Deployment are replaced at a time, with what the API
// server would fill in (apps/v1, 25% each). What it filled in is nobody's, so Flux could
// not take it away again, and a Deployment that gets a volume, and with it the strategy
// Recreate, would be refused (kubernetes issue 24198).
func rolling(w *workload.Resolved) *appsv1.RollingUpdateDeployment {
	surge, unavailable := intstr.FromString("25%"), intstr.FromString("25%")
	switch {
	case w.Declared.Update != nil && (w.Declared.Update.MaxSurge != nil || w.Declared.Update.MaxUnavailable != nil):
		return &appsv1.RollingUpdateDeployment{MaxSurge: cmp.Or(w.Declared.Update.MaxSurge, &surge), MaxUnavailable: cmp.Or(w.Declared.Update.MaxUnavailable, &unavailable)}
	case w.Declared.Place != nil && w.Declared.Place.Apart != "" && w.Replicas() > 1:
		// When every node has a pod, one more finds no place: an old one goes first.
		surge, unavailable = intstr.FromInt32(0), intstr.FromInt32(1)
	}
	return &appsv1.RollingUpdateDeployment{MaxSurge: &surge, MaxUnavailable: &unavailable}
}

func jobSpec(w *workload.Resolved, pod corev1.PodTemplateSpec) batchv1.JobSpec {
	job := batchv1.JobSpec{Template: pod, BackoffLimit: ptr.To(int32(3))}
	if w.Declared.Retries != nil {
		job.BackoffLimit = w.Declared.Retries
	}
	if w.Declared.Deadline != 0 {
		job.ActiveDeadlineSeconds = ptr.To(seconds64(time.Duration(w.Declared.Deadline)))
	}
	return job
}

// ServiceOfWorkload makes the workload's ports reachable inside the cluster.
func ServiceOfWorkload(u scope.Unit, w *workload.Resolved) []object.Made {
	spec := corev1.ServiceSpec{Selector: w.Selector, Ports: ServicePorts(w.Ports)}
	if w.Headless { // its Service must not stand before the pods
		spec.ClusterIP = corev1.ClusterIPNone
	} else if len(w.Ports) == 0 {
		return nil
	}
	return []object.Made{object.Of(u, kinds.Service, &corev1.Service{ObjectMeta: w.Meta(w.Full), Spec: spec}, w.At)}
}

// ServicePorts are ports as a Service has them.
func ServicePorts(ports []scope.Port) []corev1.ServicePort {
	var out []corev1.ServicePort
	for _, p := range ports {
		target := intstr.FromString(p.Name)
		if p.Service != nil {
			target = intstr.FromInt32(p.Number)
		}
		out = append(out, corev1.ServicePort{Name: p.Name, Port: p.Front(), Protocol: p.Protocol, TargetPort: target})
	}
	return out
}

// Disruption keeps draining nodes from taking too many pods at a time.
func Disruption(u scope.Unit, w *workload.Resolved) []object.Made {
	if w.Disruption == nil {
		return nil
	}
	spec := policyv1.PodDisruptionBudgetSpec{
		Selector: &metav1.LabelSelector{MatchLabels: w.Selector}, MinAvailable: w.Disruption.MinAvailable, MaxUnavailable: w.Disruption.MaxUnavailable,
	}
	return []object.Made{object.Of(u, kinds.Budget, &policyv1.PodDisruptionBudget{ObjectMeta: w.Meta(w.Full), Spec: spec}, w.At)}
}
