package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/internal/render/traffic"
)

// A mesh that makes full names of first ones gets those, and no rule for a host.
func TestRouteOfAMesh(t *testing.T) {
	_, exposed, _ := exposedBy(unchanged)
	x := exposed.Routes[0]
	require.Empty(t, x.Hosts)
	require.Equal(t, []string{"web"}, x.Short)
	require.Nil(t, x.TLS)
	ing, is := traffic.Ingress(x)[0].Value.(*networkingv1.Ingress)
	require.True(t, is)
	require.Empty(t, ing.Spec.Rules)
	require.Equal(t, "http", ing.Spec.DefaultBackend.Service.Port.Name)
	require.Equal(t, []networkingv1.IngressTLS{{Hosts: []string{"web"}}}, ing.Spec.TLS)
}
