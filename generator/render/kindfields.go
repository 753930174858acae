package render

import "fmt"

// kindFields reports fields of a workload that its kind does not have, rather
// than to drop them without a word, and those that it cannot do without.
func (r pods) kindFields(w *workload, kind, strategy string) {
	if w.Schedule != "" && kind != "CronJob" {
		r.Error(w.at.Join("schedule"), "app/kind", fmt.Sprintf("%s has a schedule", w.full), fmt.Sprintf("its kind is %s, and only a CronJob has one", kind), "remove kind or schedule")
	}
	if w.Schedule == "" && kind == "CronJob" {
		r.Error(w.at, "app/missing-field", fmt.Sprintf("the CronJob %s has no schedule", w.full), "it runs at set times", `add schedule: "0 4 * * *"`)
	}
	if w.Schedule != "" && kind == "CronJob" {
		r.checkSchedule(w.at.Join("schedule"), w.full, w.Schedule)
	}
	if w.Replicas != nil && (kind == "DaemonSet" || kind == "Job" || kind == "CronJob") {
		r.Error(w.at.Join("replicas"), "app/kind", fmt.Sprintf("%s has replicas", w.full), fmt.Sprintf("a %s decides itself how many pods there are", kind), "remove replicas")
	}
	job := kind == "Job" || kind == "CronJob"
	for _, f := range []struct {
		field string
		said  bool
	}{
		{"concurrency", w.Concurrency != "" && kind != "CronJob"},
		{"deadline", w.Deadline != 0 && !job},
		{"retries", w.Retries != nil && !job},
		{"disruption", w.Disruption != nil && kind != "Deployment" && kind != "StatefulSet"},
		{"update", w.Update != nil && job},
	} {
		if f.said {
			r.Error(w.at.Join(f.field), "app/kind", fmt.Sprintf("%s says %s", w.full, f.field), fmt.Sprintf("a %s has none", kind), "remove it")
		}
	}
	if w.Update == nil || job || w.Update.MaxSurge == nil && w.Update.MaxUnavailable == nil {
		return
	}
	if kind == "StatefulSet" {
		r.Error(w.at.Join("update"), "app/kind", fmt.Sprintf("%s says how many pods may be replaced at a time", w.full), "a StatefulSet replaces them one by one", "remove maxSurge and maxUnavailable")
	} else if strategy != "RollingUpdate" {
		r.Error(w.at.Join("update"), "app/kind", fmt.Sprintf("%s says how many pods may be replaced at a time", w.full), fmt.Sprintf("its strategy is %s, which takes neither", strategy), "remove maxSurge and maxUnavailable")
	}
}
