package traffic_test

import (
	"fmt"
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
	d.Cluster.Network = model.Network{LAN: "192.168.1.0/24", Pools: map[string]string{"lan": "192.168.1.240-192.168.1.250"}, LoadBalancer: "metallb", CNI: "kube-router"}
	d.Cluster.Nodes = map[string]*model.Node{"pi1": {Address: "192.168.1.11"}}
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
		"it is two ways":            {"expose/form", expose("a", model.Expose{Host: "a", LoadBalancer: "192.168.1.242"})},
		"it is none":                {"expose/form", expose("a", model.Expose{})},
		"a tunnel and a mesh":       {"expose/form", expose("a", model.Expose{Host: "a", Tunnel: "out", Mesh: "tailnet"})},
		"no port of the name":       {"app/unknown-port", expose("a", model.Expose{Host: "a", Port: "grpc"})},
		"another has the host":      {"expose/taken", expose("z", model.Expose{Host: "www", Path: "/shop"})},
		"another has the address":   {"expose/taken", expose("z", model.Expose{LoadBalancer: "192.168.1.241", Ports: []string{"http"}})},
		"the address is of no pool": {"expose/outside-pool", expose("a", model.Expose{LoadBalancer: "192.168.1.9", Ports: []string{"http"}})},
		"no mesh of the name":       {"expose/unknown", expose("a", model.Expose{Host: "a", Mesh: "other"})},
		"no tunnel of the name":     {"expose/unknown", expose("a", model.Expose{Host: "a", Tunnel: "other"})},
		"no authority of the name":  {"expose/unknown", expose("a", model.Expose{Host: "a", Certificate: "other"})},
		"no middleware of the name": {"expose/unknown", expose("a", model.Expose{Host: "a", Middlewares: []string{"other"}})},
		"a host without a domain":   {"expose/no-domain", func(d *model.Desired) { d.Cluster.Domain = ""; d.Apps["web"].Expose["site"].Hosts = []string{"www"} }},
		"its host has a scheme":     {"expose/host", expose("a", model.Expose{Host: "https://a"})},
		"its domain has one": {"expose/host", func(d *model.Desired) {
			d.Cluster.Meshes["tailnet"] = model.Mesh{Class: "tailscale", Domain: "A.ts.net"}
			delete(d.Apps["web"].Expose, "mesh")
		}},
		"nobody verifies its port":  {"expose/scheme", expose("a", model.Expose{Host: "a", Scheme: "https"})},
		"a mesh verifies its port":  {"expose/scheme", expose("a", model.Expose{Host: "a", Mesh: "tailnet", Scheme: "https", ServerName: "a"})},
		"no port has a certificate": {"expose/scheme", expose("a", model.Expose{Host: "a", Unverified: "x"})},
		"a controller of no schemes": {"expose/scheme", func(d *model.Desired) {
			d.Cluster.Ingress.Class = "nginx"
			d.Apps["web"].Expose["site"] = &model.Expose{Host: "a", Scheme: "https", Unverified: "x"}
		}},
		"a host that listens":         {"expose/form", expose("a", model.Expose{Host: "a", Listen: map[string]int32{"http": 80}})},
		"an address with a scheme":    {"expose/form", expose("a", model.Expose{LoadBalancer: "192.168.1.242", Ports: []string{"http"}, Scheme: "https"})},
		"its address is another's":    {"expose/shared-address", func(d *model.Desired) { d.Apps["shop"] = shop("192.168.1.241", "") }},
		"one of two takes any node":   {"expose/shared-address", func(d *model.Desired) { d.Apps["shop"] = shop("192.168.1.241", "x") }},
		"a name of 64 characters":     {"name/too-long", expose("a23456789012345678901234567890123456789012345678901b", model.Expose{Host: "a", Scheme: "http"})},
		"nobody may use its address":  {"network/no-address", func(d *model.Desired) { d.Cluster.Network.LAN = "" }},
		"nothing hands out addresses": {"expose/no-load-balancer", func(d *model.Desired) { d.Cluster.Network.LoadBalancer = "none" }},
	} {
		s, _, _ := exposedBy(is.change)
		require.Equal(t, []string{is.code}, codes(s), what)
	}
}

// shop is an app at an address, by any node for a reason.
func shop(address, cluster string) *model.App {
	return &model.App{
		Namespace: "shop",
		Expose:    map[string]*model.Expose{"lan": {LoadBalancer: address, Listen: map[string]int32{"http": 81}, ExternalTrafficPolicy: model.TrafficPolicy{Cluster: cluster}}},
		Workloads: map[string]*model.Workload{"": {Containers: map[string]*model.Container{"main": {Ports: map[string]int32{"http": 8080}}}}},
	}
}

// TestShared gives one address to those that can share it, and to ServiceLB's, which has
// each on every node.
func TestShared(t *testing.T) {
	keys := func(change func(*model.Desired)) []string {
		s, exposed, _ := exposedBy(change)
		require.Empty(t, s.Findings)
		var out []string
		for _, b := range exposed.Balancers {
			out = append(out, b.SharedKey)
		}
		return out
	}
	require.Equal(t, []string{""}, keys(unchanged))
	require.Equal(t, []string{"", ""}, keys(func(d *model.Desired) { d.Apps["shop"] = shop("192.168.1.242", "") }))
	require.Equal(t, []string{"192.168.1.241", "192.168.1.241"}, keys(func(d *model.Desired) {
		d.Apps["shop"] = shop("192.168.1.241", "x")
		d.Apps["web"].Expose["lan"].ExternalTrafficPolicy.Cluster = "x"
	}))
	require.Equal(t, []string{"192.168.1.241", "192.168.1.241"}, keys(func(d *model.Desired) { // the same pods
		d.Apps["web"].Expose["more"] = &model.Expose{LoadBalancer: "192.168.1.241", Listen: map[string]int32{"http": 80}}
	}))
	require.Equal(t, []string{"own", "own"}, keys(func(d *model.Desired) {
		d.Apps["web"].Expose["lan"].Annotations = map[string]string{resolved.SharedKey: "own"}
		d.Apps["web"].Expose["more"] = &model.Expose{LoadBalancer: "192.168.1.241", Listen: map[string]int32{"http": 80}}
	}))
	require.Equal(t, []string{"", ""}, keys(func(d *model.Desired) {
		d.Cluster.Network.LoadBalancer = "servicelb"
		d.Apps["shop"] = shop("192.168.1.241", "")
	}))
}

// TestFront gives a route a Service of its own where the workload's will not do.
func TestFront(t *testing.T) {
	of := func(change func(*model.Desired)) *resolved.Front {
		s, exposed, _ := exposedBy(change)
		require.Empty(t, s.Findings)
		return exposed.Routes[1].Front
	}
	require.Nil(t, of(unchanged))
	front := of(func(d *model.Desired) { d.Apps["web"].Workloads[""].Kind = "StatefulSet" })
	require.Equal(t, "web-site-backend http 8080", fmt.Sprint(front.Name, " ", front.PortName, " ", front.Port))
	require.Nil(t, front.Transport)
	front = of(func(d *model.Desired) {
		x := d.Apps["web"].Expose["site"]
		x.Scheme, x.Unverified = "https", "it signs its own"
	})
	require.Equal(t, "web-site-backend https 443", fmt.Sprint(front.Name, " ", front.PortName, " ", front.Port))
	require.Equal(t, "it signs its own", front.Transport.Unverified)
	front = of(func(d *model.Desired) { d.Apps["web"].Expose["site"].Scheme = "http" })
	require.Equal(t, "http 80", fmt.Sprint(front.PortName, " ", front.Port))
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
