package scope

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/quantities"
)

// Quantity is a number of things, as Kubernetes writes it.
func Quantity(n int64) *resource.Quantity { return resource.NewQuantity(n, resource.DecimalSI) }

// PrometheusDuration writes a duration as Prometheus does: 90s, not 1m30s.
func PrometheusDuration(d model.Duration) string {
	return time.Duration(d).Truncate(time.Second).String()
}

// List is what resources come to in a container or quota; nil without any.
func List(in model.Resources) corev1.ResourceList {
	out := corev1.ResourceList{}
	if in.CPU != nil {
		out[corev1.ResourceCPU] = *in.CPU
	}
	if in.Memory != nil {
		out[corev1.ResourceMemory] = *in.Memory
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// CheckAmounts reports requests above their limits.
func (r *Scope) CheckAmounts(at model.Path, who string, requests, limits model.Resources) {
	asked, allowed := List(requests), List(limits)
	for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
		request, limit := asked[name], allowed[name]
		known := quantities.Known(request) && quantities.Known(limit) // else it is refused where it stands
		if _, limited := allowed[name]; limited && known && request.Cmp(limit) > 0 {
			r.Error(at.Join("requests", string(name)), "app/request-above-limit",
				fmt.Sprintf("%s requests %s of %s", who, request.String(), name),
				fmt.Sprintf("its limit is %s", limit.String()), "raise the limit or lower the request")
		}
	}
}

// CheckCores reports amounts of processor that are sure to be thousandths without their
// unit: a whole number, ten times what the largest node has.
func CheckCores(r *Scope, at model.Path, who string, requests, limits model.Resources) {
	most := int64(0)
	for _, n := range r.Desired.Cluster.Nodes {
		if n.Offline != "" {
			continue
		}
		if n.CPU.IsZero() || !quantities.Known(n.CPU) {
			return
		}
		most = max(most, n.CPU.Value())
	}
	for _, of := range []struct {
		field, verb string
		amount      *resource.Quantity
		report      func(model.Path, finding.Code, string, string, string) model.Reported
	}{{"requests", "requests", requests.CPU, r.Error}, {"limits", "is limited to", limits.CPU, r.Warn}} {
		if of.amount == nil || most == 0 || of.amount.Value() < 10*most || of.amount.MilliValue()%1000 != 0 {
			continue
		}
		of.report(at.Join(of.field, "cpu"), "app/cpu", fmt.Sprintf("%s %s %d cores", who, of.verb, of.amount.Value()),
			fmt.Sprintf("the largest node has %d", most), fmt.Sprintf("write %dm for thousandths of a core", of.amount.Value()))
	}
}
