package render

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBalancer wants the address, its port and who may use it, in a Service.
func TestBalancer(t *testing.T) {
	_, exposed, _ := exposedBy(unchanged)
	require.Len(t, exposed.balancers, 1)
	x := exposed.balancers[0]
	require.Equal(t, "192.168.1.241", x.address)
	require.Equal(t, []string{"192.168.1.0/24"}, x.from)
	require.Equal(t, labels("web", "")[labelName], x.selector[labelName])
	m := loadBalancer(x)[0]
	require.Equal(t, "web-lan", m.ID.Name)
	require.Equal(t, "site/web", m.unit.Dir)
}
