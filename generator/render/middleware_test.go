package render

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/model"
)

func TestMiddlewares(t *testing.T) {
	middleware := func(m model.Middleware) func(*model.Cluster) {
		return func(c *model.Cluster) { c.Ingress.Middlewares = map[string]model.Middleware{"auth": m} }
	}
	spec := map[string]any{"compress": map[string]any{}}
	s, o := offeredBy(middleware(model.Middleware{Spec: spec}))
	require.Empty(t, s.Findings)
	require.Equal(t, map[string]string{id(groupTraefik, "Middleware", "traefik", "auth"): "traefik/traefik-config"}, called(traefikMiddlewares(o.middlewares)))

	s, o = offeredBy(middleware(model.Middleware{Namespace: "sso"}))
	require.Empty(t, s.Findings)
	require.Empty(t, o.middlewares, "something else makes it")

	s, o = offeredBy(func(c *model.Cluster) {
		middleware(model.Middleware{Spec: spec})(c)
		c.Kubernetes.Distribution = "k3s"
	})
	require.Empty(t, s.Findings)
	require.Equal(t, "traefik", o.middlewares[0].namespace, "a chart comes before what K3s brings")

	refuses(t, map[string]mistake{
		"it lies nowhere": {"namespace/unknown", middleware(model.Middleware{Namespace: "elsewhere", Spec: spec})},
	})
}
