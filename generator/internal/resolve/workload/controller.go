package workload

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Resolved is a workload, as its objects are made from it.
type Resolved struct {
	*scope.Workload
	Pod
	Unit       scope.Unit        // what it is applied with
	Strategy   string            // how its pods are replaced
	Disruption *model.Disruption // nil when draining nodes may take all of its pods
	Account    *account          // nil when another workload of the app makes it
}

// workload resolves one workload, with the pods that it runs.
func (r Pods) workload(w *scope.Workload) *Resolved {
	kind := w.Kind()
	strategy := r.strategy(w, kind)
	r.kindFields(w, kind, strategy)
	return &Resolved{Workload: w, Pod: r.pod(w), Strategy: strategy, Disruption: r.disruption(w)}
}

// strategy is how pods are replaced: what is declared, else Recreate for a
// Deployment whose next pod could not start while the last one runs, because
// only one may hold the claim or the node's port.
func (r Pods) strategy(w *scope.Workload, kind string) string {
	if w.Declared.Update != nil && w.Declared.Update.Strategy != "" {
		s := w.Declared.Update.Strategy
		if s == "Recreate" && kind != "Deployment" || s == "OnDelete" && kind != "StatefulSet" && kind != "DaemonSet" {
			r.Error(w.At.Join("update", "strategy"), "app/kind", fmt.Sprintf("%s is updated by %s", w.Full, s), fmt.Sprintf("a %s cannot be", kind), "remove strategy")
		}
		return s
	}
	if kind != "Deployment" {
		return "RollingUpdate"
	}
	if w.Declared.HostNetwork != "" && len(w.Ports) > 0 {
		return "Recreate"
	}
	for _, v := range w.Declared.Volumes {
		access := v.Access
		if ns := r.Desired.Namespaces[w.App.Namespace]; v.Claim != "" && ns != nil && ns.Claims[v.Claim] != nil {
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
func (r Pods) disruption(w *scope.Workload) *model.Disruption {
	if kind := w.Kind(); kind != "Deployment" && kind != "StatefulSet" {
		return nil
	}
	declared := w.Declared.Disruption
	switch {
	case declared == nil && w.Replicas() > 1:
		return &model.Disruption{MaxUnavailable: ptr.To(intstr.FromInt32(1))}
	case declared == nil:
		return nil
	case (declared.MinAvailable == nil) == (declared.MaxUnavailable == nil):
		says, mend := "neither minAvailable nor maxUnavailable", "add one"
		if declared.MinAvailable != nil {
			says, mend = "both minAvailable and maxUnavailable", "keep one"
		}
		r.Error(w.At.Join("disruption"), "app/disruption", "the disruption budget of "+w.Full+" says "+says, "it takes exactly one of them", mend)
		return nil
	}
	return declared
}
