package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/internal/render/traffic"
)

// What an Ingress has no fields for is said by annotations, over those of the user.
func TestIngress(t *testing.T) {
	_, exposed, _ := exposedBy(unchanged)
	x := exposed.Routes[1]
	ing, is := traffic.Ingress(x)[0].Value.(*networkingv1.Ingress)
	require.True(t, is)
	require.Equal(t, map[string]string{
		"a": "b", "cert-manager.io/cluster-issuer": "home",
		"traefik.ingress.kubernetes.io/router.entrypoints": "websecure", "traefik.ingress.kubernetes.io/router.middlewares": "sso-auth@kubernetescrd",
	}, ing.Annotations)
	require.Len(t, ing.Spec.Rules, 2)
	require.Equal(t, map[string]string{"a": "b"}, map[string]string(x.Annotations))
}
