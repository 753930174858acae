package facts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/facts"
	"stillsuit.dev/generator/model"
)

func TestMiddlewares(t *testing.T) {
	middleware := func(m model.Middleware) func(*model.Cluster) {
		return func(c *model.Cluster) { c.Ingress.Middlewares = map[string]model.Middleware{"auth": m} }
	}
	spec := map[string]any{"compress": map[string]any{}}
	s, o := offeredBy(middleware(model.Middleware{Spec: spec}))
	require.Empty(t, s.Findings)
	require.Equal(t, map[string]string{id(kinds.GroupTraefik, "Middleware", "traefik", "auth"): "traefik/traefik-config"}, called(facts.TraefikMiddlewares(o.Middlewares)))

	s, o = offeredBy(middleware(model.Middleware{Namespace: "sso"}))
	require.Empty(t, s.Findings)
	require.Empty(t, o.Middlewares, "something else makes it")

	s, o = offeredBy(func(c *model.Cluster) {
		middleware(model.Middleware{Spec: spec})(c)
		c.Kubernetes.Distribution = "k3s"
	})
	require.Empty(t, s.Findings)
	require.Equal(t, "traefik", o.Middlewares[0].Namespace, "a chart comes before what K3s brings")

	refuses(t, map[string]mistake{
		"it lies nowhere": {code: "namespace/unknown", declare: middleware(model.Middleware{Namespace: "elsewhere", Spec: spec})},
	})
}
