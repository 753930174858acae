package render

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/model"
)

// resolvedWorkload is a workload, as its objects are made from it.
type resolvedWorkload struct {
	*workload
	pod
	strategy   string            // how its pods are replaced
	disruption *model.Disruption // nil when draining nodes may take all of its pods
	account    *account          // nil when another workload of the app makes it
}

// workload resolves one workload, with the pods that it runs.
func (r pods) workload(w *workload) *resolvedWorkload {
	kind := w.kind()
	strategy := r.strategy(w, kind)
	r.kindFields(w, kind, strategy)
	return &resolvedWorkload{workload: w, pod: r.pod(w), strategy: strategy, disruption: r.disruption(w)}
}

// strategy is how pods are replaced: what is declared, else Recreate for a
// Deployment whose next pod could not start while the last one runs, because
// only one may hold the claim or the node's port.
func (r pods) strategy(w *workload, kind string) string {
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

// disruption is how many pods may be away while nodes are drained: what is declared, else
// one of several.
func (r pods) disruption(w *workload) *model.Disruption {
	if kind := w.kind(); kind != "Deployment" && kind != "StatefulSet" {
		return nil
	}
	declared := w.Disruption
	switch {
	case declared == nil && w.replicas() > 1:
		return &model.Disruption{MaxUnavailable: ptr(intstr.FromInt32(1))}
	case declared == nil:
		return nil
	case (declared.MinAvailable == nil) == (declared.MaxUnavailable == nil):
		says, mend := "neither minAvailable nor maxUnavailable", "add one"
		if declared.MinAvailable != nil {
			says, mend = "both minAvailable and maxUnavailable", "keep one"
		}
		r.Error(w.at.Join("disruption"), "app/disruption", "the disruption budget of "+w.full+" says "+says, "it takes exactly one of them", mend)
		return nil
	}
	return declared
}
