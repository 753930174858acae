package render

import (
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/generator/model"
)

func quantity(n int64) *resource.Quantity { return resource.NewQuantity(n, resource.DecimalSI) }

// prometheusDuration writes a duration as Prometheus does: 90s, not 1m30s.
func prometheusDuration(d model.Duration) string {
	return time.Duration(d).Truncate(time.Second).String()
}
