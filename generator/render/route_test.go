package render

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/model"
)

// routed is what is decided of the exposures of app web, which is exposed through an
// ingress controller, a mesh and a load balancer.
func routed(t *testing.T) (*scope, exposed) {
	t.Helper()
	d := &model.Desired{Places: model.NewPlaces(nowhere{})}
	d.Cluster.Domain = "example.com"
	d.Cluster.Network = model.Network{LAN: "192.168.1.0/24", Pools: map[string]string{"lan": "192.168.1.240-192.168.1.250"}, LoadBalancer: "metallb"}
	d.Cluster.Ingress = model.IngressController{Class: "traefik", Namespace: "traefik", Middlewares: map[string]model.Middleware{"auth": {Namespace: "sso"}}}
	d.Cluster.Certificates = map[string]model.Certificate{"home": {CA: "home-ca", Domains: []string{"example.com"}}}
	d.Cluster.Meshes = map[string]model.Mesh{"tailnet": {Class: "tailscale", Namespace: "tailscale"}}
	d.Apps = map[string]*model.App{"web": {
		Namespace: "site",
		Expose: map[string]*model.Expose{
			"lan":  {LoadBalancer: "192.168.1.241", Ports: []string{"http"}},
			"mesh": {Host: "web", Mesh: "tailnet"},
			"site": {Hosts: []string{"www", "shop.example.com"}, Path: "/shop", Middlewares: []string{"auth"}, Annotations: map[string]string{"a": "b"}},
		},
		Workloads: map[string]*model.Workload{"": {Containers: map[string]*model.Container{"main": {Ports: map[string]int32{"http": 8080}}}}},
	}}
	s := newScope(d, Inputs{})
	s.index()
	exposed, _ := trafficOf(s)
	require.Empty(t, s.Findings)
	return s, exposed
}

// A route says all that an object which carries it must say, and nothing of that object.
func TestRoute(t *testing.T) {
	s, exposed := routed(t)
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

	ing, is := ingress(x)[0].Value.(*networkingv1.Ingress)
	require.True(t, is)
	require.Equal(t, map[string]string{
		"a": "b", "cert-manager.io/cluster-issuer": "home",
		"traefik.ingress.kubernetes.io/router.entrypoints": "websecure", "traefik.ingress.kubernetes.io/router.middlewares": "sso-auth@kubernetescrd",
	}, ing.Annotations)
	require.Len(t, ing.Spec.Rules, 2)
	require.Equal(t, map[string]string{"a": "b"}, map[string]string(x.annotations))
}

// A mesh that makes full names of first ones gets those, and no rule for a host.
func TestRouteOfAMesh(t *testing.T) {
	_, exposed := routed(t)
	x := exposed.routes[0]
	require.Empty(t, x.hosts)
	require.Equal(t, []string{"web"}, x.short)
	require.Nil(t, x.tls)
	ing, is := ingress(x)[0].Value.(*networkingv1.Ingress)
	require.True(t, is)
	require.Empty(t, ing.Spec.Rules)
	require.Equal(t, "http", ing.Spec.DefaultBackend.Service.Port.Name)
	require.Equal(t, []networkingv1.IngressTLS{{Hosts: []string{"web"}}}, ing.Spec.TLS)
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
	_, exposed := routed(t)
	spec, is := httpRoute(exposed.routes[1])["spec"].(map[string]any)
	require.True(t, is)
	require.Equal(t, []string{"shop.example.com", "www.example.com"}, spec["hostnames"])
	require.Equal(t, []any{map[string]any{"name": "traefik", "namespace": "traefik"}}, spec["parentRefs"])
	require.Equal(t, []any{map[string]any{
		"matches":     []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": "/shop"}}},
		"backendRefs": []any{map[string]any{"name": "web", "port": int32(8080)}},
	}}, spec["rules"])
}

// TestBalancer wants the address, its port and who may use it, in a Service.
func TestBalancer(t *testing.T) {
	_, exposed := routed(t)
	require.Len(t, exposed.balancers, 1)
	x := exposed.balancers[0]
	require.Equal(t, "192.168.1.241", x.address)
	require.Equal(t, []string{"192.168.1.0/24"}, x.from)
	require.Equal(t, labels("web", "")[labelName], x.selector[labelName])
	m := loadBalancer(x)[0]
	require.Equal(t, "web-lan", m.ID.Name)
	require.Equal(t, "site/web", m.unit.Dir)
}
