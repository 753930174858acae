package traffic_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/facts"
	"stillsuit.dev/generator/internal/resolve/scope"
	resolved "stillsuit.dev/generator/internal/resolve/traffic"
	"stillsuit.dev/generator/model"
)

// exposedBy is what is decided of app web, which is exposed through an ingress controller,
// a mesh and a load balancer, or otherwise as it is changed.
func exposedBy(change func(d *model.Desired)) (*scope.Scope, resolved.Exposed, []*facts.Monitor) {
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
	change(d)
	s := scope.New(d, scope.Inputs{})
	s.Index()
	exposed, monitors := resolve.TrafficOf(s)
	return s, exposed, monitors
}

// unchanged leaves it as it is.
func unchanged(*model.Desired) {}

// TestExpose refuses ways in that lead nowhere, or that somebody has.
func TestExpose(t *testing.T) {
	expose := func(name string, x model.Expose) func(*model.Desired) {
		return func(d *model.Desired) { d.Apps["web"].Expose[name] = &x }
	}
	for what, is := range map[string]struct {
		code   string
		change func(*model.Desired)
	}{
		"it is two ways":              {"expose/form", expose("a", model.Expose{Host: "a", LoadBalancer: "192.168.1.242"})},
		"it is none":                  {"expose/form", expose("a", model.Expose{})},
		"a tunnel and a mesh":         {"expose/form", expose("a", model.Expose{Host: "a", Tunnel: "out", Mesh: "tailnet"})},
		"no port of the name":         {"app/unknown-port", expose("a", model.Expose{Host: "a", Port: "grpc"})},
		"another has the host":        {"expose/taken", expose("z", model.Expose{Host: "www", Path: "/shop"})},
		"another has the address":     {"expose/taken", expose("z", model.Expose{LoadBalancer: "192.168.1.241", Ports: []string{"http"}})},
		"the address is of no pool":   {"expose/outside-pool", expose("a", model.Expose{LoadBalancer: "192.168.1.9", Ports: []string{"http"}})},
		"no mesh of the name":         {"expose/unknown", expose("a", model.Expose{Host: "a", Mesh: "other"})},
		"no tunnel of the name":       {"expose/unknown", expose("a", model.Expose{Host: "a", Tunnel: "other"})},
		"no authority of the name":    {"expose/unknown", expose("a", model.Expose{Host: "a", Certificate: "other"})},
		"no middleware of the name":   {"expose/unknown", expose("a", model.Expose{Host: "a", Middlewares: []string{"other"}})},
		"a host without a domain":     {"expose/no-domain", func(d *model.Desired) { d.Cluster.Domain = ""; d.Apps["web"].Expose["site"].Hosts = []string{"www"} }},
		"nobody may use its address":  {"network/no-address", func(d *model.Desired) { d.Cluster.Network.LAN = "" }},
		"nothing hands out addresses": {"expose/no-load-balancer", func(d *model.Desired) { d.Cluster.Network.LoadBalancer = "none" }},
	} {
		s, _, _ := exposedBy(is.change)
		require.Equal(t, []string{is.code}, codes(s), what)
	}
}

// codes are those of what is reported, in order.
func codes(s *scope.Scope) []string {
	var out []string
	for _, f := range s.Findings {
		out = append(out, string(f.Code))
	}
	return out
}

// nowhere knows one place.
type nowhere struct{}

func (nowhere) Place(path ...string) (finding.Place, bool) {
	return finding.Place{File: "a.cue", Line: len(path)}, true
}
func (nowhere) Files() []string { return []string{"a.cue"} }
