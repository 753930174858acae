package render

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// exposed is by which ways apps and charts are reached from outside.
type exposed struct {
	routes    []*route
	balancers []*balancer
	tunnelled map[string][]tunnelRoute // by tunnel
	solvers   map[string]model.Path    // namespaces in which pods answer for hosts, by who needs it
}

// exposures decides about the ways in.
type exposures struct {
	network
	exposed
	taken map[string]model.Path // hosts and addresses, by who has them
}

// exposed decides about the ways in to all apps and charts.
func (r network) exposed() exposed {
	x := &exposures{network: r, taken: map[string]model.Path{}, exposed: exposed{
		tunnelled: map[string][]tunnelRoute{}, solvers: map[string]model.Path{},
	}}
	exposers := r.exposers()
	for _, of := range exposers { // a host that leads through a tunnel is taken for the others
		r.guarded(of.kind, of.at, func() { x.through(of) })
	}
	for _, name := range sorted(r.d.Cluster.Tunnels) {
		x.checkTunnel(model.Path{"cluster", "tunnels", name}, name, r.d.Cluster.Tunnels[name])
	}
	for _, of := range exposers {
		r.guarded(of.kind, of.at, func() { x.ways(of) })
	}
	return x.exposed
}

// exposer is an app or chart with ways in.
type exposer struct {
	kind, name string
	at         model.Path
	unit       unit
	among      []*party // whose ports the exposures lead to
	declared   map[string]*model.Expose
}

// exposers are all apps, those without workloads too, then all charts of the tree.
func (r network) exposers() []*exposer {
	var out []*exposer
	for _, name := range sorted(r.d.Apps) {
		if app := r.d.Apps[name]; app.Off == "" && app.Namespace != "" {
			out = append(out, &exposer{kind: "app", name: name, at: model.Path{"apps", name}, unit: r.appUnit(name), among: partiesOf(r.apps[name]), declared: app.Expose})
		}
	}
	for _, name := range sorted(r.charts) {
		if c := r.charts[name]; c.rendered() {
			out = append(out, &exposer{kind: c.kind, name: name, at: c.at, unit: c.unit(), among: []*party{&c.party}, declared: c.Expose})
		}
	}
	return out
}

// says is how a sentence names it: "app immich".
func (e *exposer) says() string { return e.kind + " " + e.name }

// ways decides about the ways in to an app or chart, but for those through tunnels.
func (r *exposures) ways(of *exposer) {
	for _, e := range sorted(of.declared) {
		x := r.exposure(of, e)
		byHost := x.Host != "" || len(x.Hosts) > 0
		switch {
		case byHost && x.LoadBalancer != "", !byHost && x.LoadBalancer == "":
			r.Error(x.at, "expose/form", fmt.Sprintf("exposure %s of %s has %s", e, of.says(), map[bool]string{true: "a host and a load balancer", false: "neither a host nor a load balancer"}[byHost]),
				"it is a way in by exactly one of them", "keep one, or make two exposures of it")
		case byHost && x.Tunnel != "" && x.Mesh != "":
			r.Error(x.at, "expose/form", fmt.Sprintf("exposure %s of %s goes through a tunnel and a mesh", e, of.says()), "it is a way in by one of them", "make two exposures of it")
		case x.LoadBalancer != "":
			x.loadBalancer()
		case x.Tunnel != "": // see through
		case x.Mesh != "":
			x.mesh()
		default:
			x.ingress()
		}
	}
}

type exposure struct {
	*exposures
	*model.Expose
	of   *exposer
	name string // of the object: <app>-<exposure>
	at   model.Path
}

func (r *exposures) exposure(of *exposer, name string) *exposure {
	return &exposure{exposures: r, Expose: of.declared[name], of: of, name: of.name + "-" + name, at: of.at.Join("expose", name)}
}

// declared is the fact of the cluster that an exposure names in one of its fields,
// or false for one that is not there, which is reported: the exposure does to it, and
// it would be declared in where.
func declared[V any](x *exposure, facts map[string]V, name, does, where string, field ...string) (V, bool) {
	fact, ok := facts[name]
	if !ok {
		known := sorted(facts)
		x.Error(x.at.Join(field...), "expose/unknown", fmt.Sprintf("the exposure %s %s", does, name),
			has("this cluster", strings.TrimSuffix(field[0], "s"), known), finding.DidYouMean(name, known, "declare it in "+where))
	}
	return fact, ok
}

// target is the pods and the port that a host leads to.
func (x *exposure) target() (backend, bool) {
	among := x.of.among
	if x.Port != "" {
		to, p, ok := x.portOf(x.at.Join("port"), x.of.says(), among, x.Port)
		return backend{to, p}, ok
	}
	var ports []backend
	for _, w := range among {
		for _, p := range w.ports {
			if p.protocol == corev1.ProtocolTCP {
				ports = append(ports, backend{w, p})
			}
		}
	}
	if len(ports) == 1 {
		return ports[0], true
	}
	http := -1
	for i, b := range ports {
		if b.port.name == "http" {
			if http >= 0 {
				http = -1
				break
			}
			http = i
		}
	}
	if http >= 0 {
		return ports[http], true
	}
	var names []string
	for _, b := range ports {
		names = append(names, strings.TrimPrefix(b.name+"/"+b.port.name, "/"))
	}
	mend := `add port: "…"`
	if len(names) == 0 {
		mend = "add ports to one of its containers"
		if x.of.kind == "chart" {
			mend = "add it to the chart's services"
		}
	}
	x.Error(x.at, "expose/port", fmt.Sprintf("exposure %s does not say which port it leads to", x.at[3]),
		has(x.of.says(), "TCP port", names), mend)
	return backend{}, false
}

// hosts are the full names, each once in the cluster and path.
func (x *exposure) hosts(domain string) []string {
	names := slices.Clone(x.Hosts)
	if x.Host != "" {
		names = append(names, x.Host)
	}
	var out []string
	for _, h := range names {
		if !strings.Contains(h, ".") {
			if domain == "" {
				x.Error(x.at, "expose/no-domain", fmt.Sprintf("host %s is written without a dot", h), "the cluster has no domain to give it", "write the host out, or set cluster: domain")
				continue
			}
			h += "." + domain
		}
		out = append(out, h)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	x.given(out)
	return out
}

// once reports a host or an address that another exposure has already.
func (x *exposure) once(what, value string) {
	key := what + " " + value
	if other, twice := x.taken[key]; twice && other.String() != x.at.String() {
		x.Error(x.at, "expose/taken", fmt.Sprintf("%s %s is asked for here", what, strings.TrimSuffix(value, "/")), fmt.Sprintf("%s has it already", other), "choose another")
		return
	}
	x.taken[key] = x.at
}
