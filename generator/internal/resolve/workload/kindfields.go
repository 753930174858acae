package workload

import (
	"fmt"

	"stillsuit.dev/generator/internal/resolve/scope"
)

// kindFields reports fields of a workload that its kind does not have, rather
// than to drop them without a word, and those that it cannot do without.
func (r Pods) kindFields(w *scope.Workload, kind, strategy string) {
	if w.Declared.Schedule != "" && kind != "CronJob" {
		r.Error(w.At.Join("schedule"), "app/kind", fmt.Sprintf("%s has a schedule", w.Full), fmt.Sprintf("its kind is %s, and only a CronJob has one", kind), "remove kind or schedule")
	}
	if w.Declared.Schedule == "" && kind == "CronJob" {
		r.Error(w.At, "app/missing-field", fmt.Sprintf("the CronJob %s has no schedule", w.Full), "it runs at set times", `add schedule: "0 4 * * *"`)
	}
	if w.Declared.Schedule != "" && kind == "CronJob" {
		r.CheckSchedule(w.At.Join("schedule"), w.Full, w.Declared.Schedule)
	}
	if w.Declared.Replicas != nil && (kind == "DaemonSet" || kind == "Job" || kind == "CronJob") {
		r.Error(w.At.Join("replicas"), "app/kind", fmt.Sprintf("%s has replicas", w.Full), fmt.Sprintf("a %s decides itself how many pods there are", kind), "remove replicas")
	}
	job := kind == "Job" || kind == "CronJob"
	for _, f := range []struct {
		field string
		said  bool
	}{
		{"concurrency", w.Declared.Concurrency != "" && kind != "CronJob"},
		{"deadline", w.Declared.Deadline != 0 && !job},
		{"retries", w.Declared.Retries != nil && !job},
		{"disruption", w.Declared.Disruption != nil && kind != "Deployment" && kind != "StatefulSet"},
		{"update", w.Declared.Update != nil && job},
	} {
		if f.said {
			r.Error(w.At.Join(f.field), "app/kind", fmt.Sprintf("%s says %s", w.Full, f.field), fmt.Sprintf("a %s has none", kind), "remove it")
		}
	}
	if w.Declared.Update == nil || job || w.Declared.Update.MaxSurge == nil && w.Declared.Update.MaxUnavailable == nil {
		return
	}
	if kind == "StatefulSet" {
		r.Error(w.At.Join("update"), "app/kind", fmt.Sprintf("%s says how many pods may be replaced at a time", w.Full), "a StatefulSet replaces them one by one", "remove maxSurge and maxUnavailable")
	} else if strategy != "RollingUpdate" {
		r.Error(w.At.Join("update"), "app/kind", fmt.Sprintf("%s says how many pods may be replaced at a time", w.Full), fmt.Sprintf("its strategy is %s, which takes neither", strategy), "remove maxSurge and maxUnavailable")
	}
}
