package traffic

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Exposed is by which ways apps and charts are reached from outside.
type Exposed struct {
	Routes    []*Route
	Balancers []*Balancer
	Tunnelled map[string][]scope.TunnelRoute // by tunnel
	Solvers   map[string]model.Path          // namespaces in which pods answer for hosts, by who needs it
}

// exposures decides about the ways in.
type exposures struct {
	Network
	Exposed
	taken map[string]model.Path // hosts and addresses, by who has them
}

// Exposed decides about the ways in to all apps and charts.
func (r Network) Exposed() Exposed {
	x := &exposures{Network: r, taken: map[string]model.Path{}, Exposed: Exposed{
		Tunnelled: map[string][]scope.TunnelRoute{}, Solvers: map[string]model.Path{},
	}}
	x.checkDomains()
	exposers := r.exposers()
	x.addressOfIngress()
	for _, of := range exposers { // a host that leads through a tunnel is taken for the others
		r.Guarded(of.kind, of.at, func() { x.through(of) })
	}
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Tunnels)) {
		x.checkTunnel(model.Path{"cluster", "tunnels", name}, name, r.Desired.Cluster.Tunnels[name])
	}
	for _, of := range exposers {
		r.Guarded(of.kind, of.at, func() { x.ways(of) })
	}
	x.share()
	for _, of := range exposers {
		r.Guarded(of.kind, of.at, func() { x.calls(of) })
	}
	return x.Exposed
}

// exposer is an app or chart with ways in.
type exposer struct {
	kind, name string
	at         model.Path
	unit       scope.Unit
	among      []*scope.Party // whose ports the exposures lead to
	exposes    map[string]*model.Expose
}

// exposers are all apps, those without workloads too, then all charts of the tree.
func (r Network) exposers() []*exposer {
	var out []*exposer
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Apps)) {
		if app := r.Desired.Apps[name]; app.Off == "" && app.Namespace != "" {
			out = append(out, &exposer{kind: "app", name: name, at: model.Path{"apps", name}, unit: r.AppUnit(name), among: scope.PartiesOf(r.Apps[name]), exposes: app.Expose})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Charts)) {
		if c := r.Charts[name]; c.Rendered() {
			out = append(out, &exposer{kind: c.Kind, name: name, at: c.At, unit: c.Unit(), among: []*scope.Party{&c.Party}, exposes: c.Declared.Expose})
		}
	}
	return out
}

// says is how a sentence names it: "app immich".
func (e *exposer) says() string { return e.kind + " " + e.name }

// ways decides about the ways in to an app or chart, but for those through tunnels.
func (r *exposures) ways(of *exposer) {
	for _, e := range slices.Sorted(maps.Keys(of.exposes)) {
		x := r.exposure(of, e)
		byHost := x.Declared.Host != "" || len(x.Declared.Hosts) > 0
		x.misplaced(byHost)
		switch {
		case byHost && x.Declared.LoadBalancer != "", !byHost && x.Declared.LoadBalancer == "":
			r.Error(x.at, "expose/form", fmt.Sprintf("exposure %s of %s has %s", e, of.says(), map[bool]string{true: "a host and a load balancer", false: "neither a host nor a load balancer"}[byHost]),
				"it is a way in by exactly one of them", "keep one, or make two exposures of it")
		case byHost && x.Declared.Tunnel != "" && x.Declared.Mesh != "":
			r.Error(x.at, "expose/form", fmt.Sprintf("exposure %s of %s goes through a tunnel and a mesh", e, of.says()), "it is a way in by one of them", "make two exposures of it")
		case x.Declared.LoadBalancer != "":
			x.loadBalancer()
		case x.Declared.Tunnel != "": // see through
		case x.Declared.Mesh != "":
			x.mesh()
		default:
			x.ingress()
		}
	}
}

type exposure struct {
	*exposures
	Declared *model.Expose
	of       *exposer
	name     string // of the object: <app>-<exposure>
	at       model.Path
}

func (r *exposures) exposure(of *exposer, name string) *exposure {
	return &exposure{exposures: r, Declared: of.exposes[name], of: of, name: of.name + "-" + name, at: of.at.Join("expose", name)}
}

// declared is the fact of the cluster that an exposure names in one of its fields,
// or false for one that is not there, which is reported: the exposure does to it, and
// it would be declared in where.
func declared[V any](x *exposure, facts map[string]V, name, does, where string, field ...string) (V, bool) {
	fact, ok := facts[name]
	if !ok {
		known := slices.Sorted(maps.Keys(facts))
		x.Error(x.at.Join(field...), "expose/unknown", fmt.Sprintf("the exposure %s %s", does, name),
			finding.Has("this cluster", strings.TrimSuffix(field[0], "s"), known), finding.DidYouMean(name, known, "declare it in "+where)).Like(name, known)
	}
	return fact, ok
}

// target is the pods and the port that a host leads to.
func (x *exposure) target() (Backend, bool) {
	among := x.of.among
	if x.Declared.Port != "" {
		to, p, ok := x.PortOf(x.at.Join("port"), x.of.says(), among, x.Declared.Port)
		return Backend{to, p}, ok
	}
	var ports []Backend
	for _, w := range among {
		for _, p := range w.Ports {
			if p.Protocol == corev1.ProtocolTCP {
				ports = append(ports, Backend{w, p})
			}
		}
	}
	if len(ports) == 1 {
		return ports[0], true
	}
	http := -1
	for i, b := range ports {
		if b.Port.Name == "http" {
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
		names = append(names, strings.TrimPrefix(b.Name+"/"+b.Port.Name, "/"))
	}
	mend := `add port: "…"`
	if len(names) == 0 {
		mend = "add ports to one of its containers"
		if x.of.kind == "chart" {
			mend = "add it to the chart's services"
		}
	}
	x.Error(x.at, "expose/port", fmt.Sprintf("exposure %s does not say which port it leads to", x.at[3]),
		finding.Has(x.of.says(), "TCP port", names), mend)
	return Backend{}, false
}

// hosts are the full names, each once in the cluster and path.
func (x *exposure) hosts(domain string) []string {
	var out []string
	for _, h := range x.names() {
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

// names are the hosts as they are written, without those that are none.
func (x *exposure) names() []string {
	var out []string
	for i, h := range x.Declared.Hosts {
		if x.checkHost(x.at.Join("hosts", fmt.Sprint(i)), "host", "exposure "+x.at[3], h) {
			out = append(out, h)
		}
	}
	if h := x.Declared.Host; h != "" && x.checkHost(x.at.Join("host"), "host", "exposure "+x.at[3], h) {
		out = append(out, h)
	}
	return out
}

// once reports a host or an address that another exposure has already.
func (x *exposure) once(key string) {
	if other, twice := x.taken[key]; twice && other.String() != x.at.String() {
		x.Error(x.at, "expose/taken", fmt.Sprintf("%s is taken", strings.TrimSuffix(key, "/")), fmt.Sprintf("%s has it already", other), "choose another")
		return
	}
	x.taken[key] = x.at
}
