package traffic_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	resolved "stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// A route says all that an object which carries it must say, and nothing of that object.
func TestRoute(t *testing.T) {
	s, exposed, _ := exposedBy(unchanged)
	require.Empty(t, s.Findings)
	require.Len(t, exposed.Routes, 2)
	x := exposed.Routes[1]
	require.Equal(t, []string{"shop.example.com", "www.example.com"}, x.Hosts)
	require.Equal(t, "/shop", x.Prefix())
	require.Equal(t, "traefik", x.Class)
	require.Equal(t, &resolved.RouteTLS{Authority: "home", Secret: "web-site-tls"}, x.TLS)
	require.Equal(t, []string{"websecure"}, x.Entrypoints)
	require.Equal(t, []resolved.MiddlewareRef{{Namespace: "sso", Name: "auth"}}, x.Middlewares)
	require.Equal(t, model.Peer{Namespace: "traefik"}, x.From)
	require.Same(t, &s.Apps["web"][0].Party, x.Backend.Party)
	require.Equal(t, int32(8080), x.Backend.Port.Number)
}

// httpRoute is the HTTPRoute (gateway.networking.k8s.io/v1) that carries a route, on a
// Gateway that is called like its class.
func httpRoute(x *resolved.Route) map[string]any {
	return map[string]any{
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": x.Backend.Meta(x.Name),
		"spec": map[string]any{
			"parentRefs": []any{map[string]any{"name": x.Class, "namespace": x.From.Namespace}},
			"hostnames":  slices.Concat(x.Hosts, x.Short),
			"rules": []any{map[string]any{
				"matches":     []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": x.Prefix()}}},
				"backendRefs": []any{map[string]any{"name": resolved.ServiceOf(x.Backend.Party, x.Backend.Port), "port": x.Backend.Port.Front()}},
			}},
		},
	}
}

// Another API object can carry a route: nothing but ingress.go would change.
func TestRouteAsHTTPRoute(t *testing.T) {
	_, exposed, _ := exposedBy(unchanged)
	spec, is := httpRoute(exposed.Routes[1])["spec"].(map[string]any)
	require.True(t, is)
	require.Equal(t, []string{"shop.example.com", "www.example.com"}, spec["hostnames"])
	require.Equal(t, []any{map[string]any{"name": "traefik", "namespace": "traefik"}}, spec["parentRefs"])
	require.Equal(t, []any{map[string]any{
		"matches":     []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": "/shop"}}},
		"backendRefs": []any{map[string]any{"name": "web", "port": int32(8080)}},
	}}, spec["rules"])
}
