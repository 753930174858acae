package render

import (
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/model"
)

func quantity(n int64) *resource.Quantity { return resource.NewQuantity(n, resource.DecimalSI) }

// prometheusDuration writes a duration as Prometheus does: 90s, not 1m30s.
func prometheusDuration(d model.Duration) string {
	return time.Duration(d).Truncate(time.Second).String()
}

func list(in model.Resources) corev1.ResourceList {
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
