package render

import (
	"fmt"

	"stillsuit.dev/generator/model"
)

// kindFields reports fields of a workload that its kind does not have, rather
// than to drop them without a word.
func (r *renderer) kindFields(w *workload) {
	kind := w.kind()
	job := kind == "Job" || kind == "CronJob"
	for _, f := range []struct {
		at   model.Path
		said bool
	}{
		{model.Path{"concurrency"}, w.Concurrency != "" && kind != "CronJob"},
		{model.Path{"deadline"}, w.Deadline != 0 && !job},
		{model.Path{"retries"}, w.Retries != nil && !job},
		{model.Path{"disruption"}, w.Disruption != nil && kind != "Deployment" && kind != "StatefulSet"},
		{model.Path{"update"}, w.Update != nil && job},
	} {
		if f.said {
			r.Error(w.at.Join(f.at...), "app/kind", fmt.Sprintf("%s says %s", w.full, f.at), fmt.Sprintf("a %s has none", kind), "remove it")
		}
	}
	if w.Update == nil || job || w.Update.MaxSurge == nil && w.Update.MaxUnavailable == nil {
		return
	}
	if kind == "StatefulSet" {
		r.Error(w.at.Join("update"), "app/kind", fmt.Sprintf("%s says how many pods may be replaced at a time", w.full), "a StatefulSet replaces them one by one", "remove maxSurge and maxUnavailable")
	} else if strategy := r.strategy(w, kind); strategy != "RollingUpdate" {
		r.Error(w.at.Join("update"), "app/kind", fmt.Sprintf("%s says how many pods may be replaced at a time", w.full), fmt.Sprintf("its strategy is %s, which takes neither", strategy), "remove maxSurge and maxUnavailable")
	}
}
