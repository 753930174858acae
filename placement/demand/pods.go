package demand

import (
	"fmt"
	"math"
	"time"

	"github.com/robfig/cron/v3"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
)

// pod keeps the workload that an object with a pod template is.
func (r *reader) pod(p *inventory.PodTemplate) {
	w := &Workload{
		Name: p.DisplayName(), Pods: 1, PerNode: p.OnEachNode, Claims: p.Claims, Unit: r.unitOf[p.Object],
		Spot: p.Spot(), Pod: p, Origin: ofCUE(p.Object.Origin),
		Template: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: p.Object.Name, Namespace: p.Object.Namespace, Labels: p.Labels}, Spec: *p.Spec.DeepCopy()},
	}
	w.Counted = inventory.Spot{Object: p.Object, Keys: []string{"spec", "replicas"}, Path: []string{"replicas"}}
	switch v := p.Object.Value.(type) {
	case *appsv1.Deployment:
		w.Pods, w.Selector = model.PodsOf(v.Spec.Replicas), v.Spec.Selector
		w.Update = rolling(v.Spec.Strategy, w.Pods)
	case *appsv1.ReplicaSet:
		w.Pods, w.Selector = model.PodsOf(v.Spec.Replicas), v.Spec.Selector
	case *appsv1.StatefulSet:
		w.Pods, w.Selector = model.PodsOf(v.Spec.Replicas), v.Spec.Selector
		w.Update = Update{Recreate: true, Unavailable: 1}
	case *appsv1.DaemonSet:
		w.Update = Update{Recreate: true, Unavailable: 1}
		if u := v.Spec.UpdateStrategy.RollingUpdate; u != nil && u.MaxSurge != nil && (u.MaxSurge.IntVal > 0 || u.MaxSurge.StrVal != "" && u.MaxSurge.StrVal != "0%") {
			w.Update = Update{Surge: 1}
		}
	case *batchv1.Job:
		w.Runs, w.Pods = Once, parallel(v.Spec)
		w.Counted = inventory.Spot{Object: p.Object, Keys: []string{"spec", "parallelism"}, Path: []string{"parallelism"}}
	case *batchv1.CronJob:
		w.Runs, w.Pods = Timed, parallel(v.Spec.JobTemplate.Spec)
		w.Counted = inventory.Spot{Object: p.Object, Keys: []string{"spec", "jobTemplate", "spec", "parallelism"}, Path: []string{"parallelism"}}
		r.overlap(w, v)
	case *corev1.ReplicationController:
		w.Pods = model.PodsOf(v.Spec.Replicas)
		w.Selector = &metav1.LabelSelector{MatchLabels: v.Spec.Selector}
	case *corev1.PodTemplate:
		return // nothing runs of it
	case map[string]any:
		w.Pods = r.custom(w, v)
	}
	r.countUnfilled(w)
	r.add(w)
}

// ofCUE is the app or chart of a path in CUE.
func ofCUE(origin []string) []string {
	if len(origin) >= 2 && (origin[0] == "apps" || origin[0] == "charts") {
		return origin[:2]
	}
	return nil
}

// parallel is how many pods of a Job run at the same time.
func parallel(job batchv1.JobSpec) int {
	out := model.PodsOf(job.Parallelism)
	if job.Completions != nil {
		out = min(out, model.PodsOf(job.Completions))
	}
	if job.Suspend != nil && *job.Suspend {
		return 0
	}
	return out
}

// rolling are the defaults of a Deployment: a quarter more pods, rounded up, and a
// quarter fewer, rounded down (apps/v1 RollingUpdateDeployment).
func rolling(s appsv1.DeploymentStrategy, replicas int) Update {
	if s.Type == appsv1.RecreateDeploymentStrategyType {
		return Update{Recreate: true, Unavailable: replicas}
	}
	surge, away := intstr.FromString("25%"), intstr.FromString("25%")
	if u := s.RollingUpdate; u != nil {
		if u.MaxSurge != nil {
			surge = *u.MaxSurge
		}
		if u.MaxUnavailable != nil {
			away = *u.MaxUnavailable
		}
	}
	more, err := intstr.GetScaledValueFromIntOrPercent(&surge, replicas, true)
	fewer, err2 := intstr.GetScaledValueFromIntOrPercent(&away, replicas, false)
	if err != nil || err2 != nil {
		return Update{Surge: 1} // the API server refuses it
	}
	if more == 0 && fewer == 0 {
		fewer = 1 // as the Deployment controller does, so as not to hang
	}
	// No more new pods than the Deployment is to have at the end.
	return Update{Surge: min(more, replicas), Unavailable: fewer}
}

// overlap sets how many runs of a CronJob there can be at the same time.
func (r *reader) overlap(w *Workload, c *batchv1.CronJob) {
	if c.Spec.Suspend != nil && *c.Spec.Suspend {
		w.Pods = 0
		return
	}
	if c.Spec.ConcurrencyPolicy != batchv1.AllowConcurrent && c.Spec.ConcurrencyPolicy != "" {
		return
	}
	deadline := c.Spec.JobTemplate.Spec.ActiveDeadlineSeconds
	every, known := shortest(c.Spec.Schedule)
	if deadline == nil || !known {
		r.unknown(inventory.Spot{Object: w.Pod.Object, Keys: []string{"spec", "concurrencyPolicy"}, Path: []string{"concurrency"}},
			fmt.Sprintf("runs of %s can overlap, and how long one takes is unknown", w.Name), "how many run at the same time is unknown, so one is counted",
			"write concurrency: \"Forbid\", or a deadline")
		return
	}
	w.Pods = int(quantities.Times(int64(w.Pods), overlapping(*deadline, every)))
}

// overlapping is how many runs of so many seconds there are at the same time when one
// starts after each of so long.
func overlapping(seconds int64, every time.Duration) int64 {
	least := int64(max(every/time.Second, 1))
	return quantities.Sum(seconds, least-1) / least
}

// shortest is the shortest time between two of the first runs of a schedule, as the
// CronJob controller reads it.
func shortest(schedule string) (time.Duration, bool) {
	parsed, err := cron.ParseStandard(schedule)
	if err != nil {
		return 0, false
	}
	const runs = 1000                                              // more than three weeks of a run every half hour
	at := parsed.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)) // of a leap year
	least := time.Duration(1<<63 - 1)
	for range runs {
		next := parsed.Next(at)
		if at.IsZero() || next.IsZero() {
			break
		}
		least, at = min(least, next.Sub(at)), next
	}
	return least, true
}

// custom is the number of pods of a kind that this version does not know: what it
// calls replicas, if it does.
func (r *reader) custom(w *Workload, o map[string]any) int {
	spec, _ := o["spec"].(map[string]any)
	switch n := spec["replicas"].(type) {
	case int64:
		return int(max(0, n))
	case float64:
		return int(max(0, min(n, math.MaxInt32))) // no kind counts further
	}
	r.unknown(w.Spot, fmt.Sprintf("%s has a pod template, and its kind is unknown", w.Name), "how many pods it makes is unknown, so one is counted", "suppress it with the reason if one is right")
	return 1
}
