package render

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"stillsuit.dev/generator/model"
)

// A route says all that an object which carries it must say, and nothing of that object.
func TestRoute(t *testing.T) {
	s, exposed, _ := exposedBy(unchanged)
	require.Empty(t, s.Findings)
	require.Len(t, exposed.routes, 2)
	x := exposed.routes[1]
	require.Equal(t, []string{"shop.example.com", "www.example.com"}, x.hosts)
	require.Equal(t, "/shop", x.prefix())
	require.Equal(t, "traefik", x.class)
	require.Equal(t, &routeTLS{authority: "home", secret: "web-site-tls"}, x.tls)
	require.Equal(t, []string{"websecure"}, x.entrypoints)
	require.Equal(t, []middlewareRef{{"sso", "auth"}}, x.middlewares)
	require.Equal(t, model.Peer{Namespace: "traefik"}, x.from)
	require.Same(t, &s.apps["web"][0].party, x.backend.party)
	require.Equal(t, int32(8080), x.backend.port.number)
}

// httpRoute is the HTTPRoute (gateway.networking.k8s.io/v1) that carries a route, on a
// Gateway that is called like its class.
func httpRoute(x *route) map[string]any {
	return map[string]any{
		"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": x.backend.meta(x.name),
		"spec": map[string]any{
			"parentRefs": []any{map[string]any{"name": x.class, "namespace": x.from.Namespace}},
			"hostnames":  slices.Concat(x.hosts, x.short),
			"rules": []any{map[string]any{
				"matches":     []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": x.prefix()}}},
				"backendRefs": []any{map[string]any{"name": serviceOf(x.backend.party, x.backend.port), "port": x.backend.port.front()}},
			}},
		},
	}
}

// Another API object can carry a route: nothing but ingress_render.go would change.
func TestRouteAsHTTPRoute(t *testing.T) {
	_, exposed, _ := exposedBy(unchanged)
	spec, is := httpRoute(exposed.routes[1])["spec"].(map[string]any)
	require.True(t, is)
	require.Equal(t, []string{"shop.example.com", "www.example.com"}, spec["hostnames"])
	require.Equal(t, []any{map[string]any{"name": "traefik", "namespace": "traefik"}}, spec["parentRefs"])
	require.Equal(t, []any{map[string]any{
		"matches":     []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": "/shop"}}},
		"backendRefs": []any{map[string]any{"name": "web", "port": int32(8080)}},
	}}, spec["rules"])
}
