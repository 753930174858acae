package network

import (
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// exposures is who comes in through the ingress controller, load balancers, tunnels and
// meshes.
func (c *cast) exposures() []row {
	var out []row
	for _, name := range slices.Sorted(maps.Keys(c.Apps)) {
		if app := c.Apps[name]; app.Off == "" {
			out = append(out, c.exposed("app", name, app.Expose)...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Charts)) {
		if chart := c.Charts[name]; chart.Off == "" && chart.Outside == "" {
			out = append(out, c.exposed("chart", name, chart.Expose)...)
		}
	}
	return out
}

func (c *cast) exposed(kind, name string, expose map[string]*model.Expose) []row {
	of := slices.DeleteFunc(slices.Clone(c.owners[name]), func(p *party) bool { return p.kind != kind })
	var out []row
	for _, key := range slices.Sorted(maps.Keys(expose)) {
		if e := expose[key]; e.Off == "" {
			out = append(out, c.exposure(of, key, e)...)
		}
	}
	return out
}

func (c *cast) exposure(of []*party, key string, e *model.Expose) []row {
	if len(of) == 0 {
		return nil
	}
	spot := of[0].spot()
	spot.Path = []string{"expose", key}
	if e.LoadBalancer != "" {
		return c.balanced(of, e, spot)
	}
	to, s, found := led(of, e.Port)
	if !found {
		return nil
	}
	switch ingress := c.Cluster.Ingress; {
	case e.Tunnel != "":
		var out []row
		for _, p := range c.named(nil, c.Cluster.Tunnels[e.Tunnel].App) {
			if p.kind == "chart" || p.workload == "" || len(c.named(nil, p.owner)) == 1 { // else which of them holds it is not said
				out = append(out, c.between(p, to, s, "exposure", spot)...)
			}
		}
		return out
	case e.Mesh != "":
		mesh := c.Cluster.Meshes[e.Mesh]
		return c.fromPods("mesh "+e.Mesh, model.Peer{Namespace: mesh.Namespace, Pods: mesh.Pods}, to, s, "exposure", spot)
	default:
		return c.fromPods("the ingress controller", model.Peer{Namespace: ingress.Namespace, Pods: ingress.Pods}, to, s, "exposure", spot)
	}
}

// balanced is who comes in by an address: clients, and where any node takes their requests,
// the nodes, which put their own address in place of the client's.
func (c *cast) balanced(of []*party, e *model.Expose, spot inventory.Spot) []row {
	var out []row
	for _, name := range slices.Concat(e.Ports, nonEmpty(e.Port), slices.Sorted(maps.Keys(e.Listen))) {
		to, s, found := portOf(of, name)
		if !found {
			continue
		}
		add := func(from end) { out = append(out, row{"exposure", from, to.end(&s), to.at(s), true, spot, to}) }
		for _, from := range c.allowed(e) {
			add(outside("clients of "+e.LoadBalancer, from))
		}
		if e.ExternalTrafficPolicy.Cluster == "" {
			continue
		}
		for _, node := range c.NodeNames() {
			ends, _ := c.nodeEnds(node, to.nodes)
			for _, from := range ends {
				add(from)
			}
		}
	}
	return out
}

// allowed are the ranges that may use a load balancer.
func (c *cast) allowed(e *model.Expose) []string {
	if len(e.From) > 0 {
		return e.From
	}
	return nonEmpty(c.Cluster.Network.LAN)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// led is the port that a host leads to: the named one, the only TCP port, or that called http.
func led(of []*party, name string) (*party, service, bool) {
	if name != "" {
		return portOf(of, name)
	}
	type found struct {
		of *party
		at service
	}
	var all, http []found
	for _, p := range of {
		for _, port := range slices.Sorted(maps.Keys(p.services)) {
			s := p.services[port]
			if s.protocol != corev1.ProtocolTCP {
				continue
			}
			all = append(all, found{p, s})
			if port == "http" {
				http = append(http, found{p, s})
			}
		}
	}
	switch {
	case len(all) == 1:
		return all[0].of, all[0].at, true
	case len(http) == 1:
		return http[0].of, http[0].at, true
	}
	return nil, service{}, false
}
