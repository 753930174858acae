package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/traffic"
)

// TestBalancer wants the address, its port and who may use it, in a Service.
func TestBalancer(t *testing.T) {
	_, exposed, _ := exposedBy(unchanged)
	require.Len(t, exposed.Balancers, 1)
	x := exposed.Balancers[0]
	require.Equal(t, "192.168.1.241", x.Address)
	require.Equal(t, []string{"192.168.1.0/24"}, x.From)
	require.Equal(t, labels.Of("web", "")[labels.Name], x.Selector[labels.Name])
	m := traffic.LoadBalancer(x)[0]
	require.Equal(t, "web-lan", m.ID.Name)
	require.Equal(t, "site/web", m.Unit.Dir)
}
