package network

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/eligible"
)

// party is the pods of one workload, or those of a chart.
type party struct {
	kind, owner, workload string
	entry                 []string // where it stands
	path                  []string // below that
	pods
	open     bool // it is a chart: its pods may have other labels and ports
	services map[string]service
	asked    []int32 // the ports that probes ask
	talks    talks
}

// service is a port that others name, and the labels of the pods behind it.
type service struct {
	number   int32
	protocol corev1.Protocol
	labels   map[string]string
}

// talks is what a party declares about whom it talks to.
type talks struct {
	connects map[string][]string
	clients  map[string][]string
	internet *model.Ports
	lan      map[string]model.Ports
	metrics  map[string]string
	api      bool
}

func (p *party) String() string {
	name := p.kind + " " + p.owner
	if p.workload != "" {
		name += "/" + p.workload
	}
	return name
}

// spot is where something of the party stands.
func (p *party) spot(keys ...string) inventory.Spot {
	return inventory.Spot{Entry: p.entry, Path: slices.Concat(p.path, keys)}
}

// end is the party as an end of traffic; behind is the port that it is asked at.
func (p *party) end(behind *service) end {
	own := p.pods
	if behind != nil && behind.labels != nil {
		own.labels.labels = maps.Clone(own.labels.labels)
		if own.labels.labels == nil {
			own.labels.labels = map[string]string{}
		}
		maps.Copy(own.labels.labels, behind.labels)
	}
	return end{name: p.String(), pods: &own}
}

// at is a port of the party.
func (p *party) at(s service) target {
	return target{number: s.number, protocol: s.protocol, ports: p.ports, open: p.open}
}

// cast is everybody who takes part in the traffic of a cluster.
type cast struct {
	*inventory.Subject
	parties []*party            // apps by name, then charts
	owners  map[string][]*party // by the name of their app or chart
	lives   map[string][]*party // by namespace
	pods    netip.Prefix
}

// gather lists the parties of a cluster, with their pods as the finished objects have them.
func gather(s *inventory.Subject) (*cast, error) {
	c := &cast{Subject: s, owners: map[string][]*party{}, lives: map[string][]*party{}}
	c.pods, _ = netip.ParsePrefix(s.Cluster.Network.Pods) // not valid: not known
	templates, err := s.PodTemplates()
	if err != nil {
		return nil, err
	}
	made := map[string]*inventory.PodTemplate{}
	for _, t := range templates {
		made[strings.Join(t.Object.Origin, "/")] = t
	}
	finder := eligible.New(s, templates)
	for _, name := range slices.Sorted(maps.Keys(s.Apps)) {
		app := s.Apps[name]
		if app.Off != "" {
			continue
		}
		for _, w := range slices.Sorted(maps.Keys(app.Workloads)) {
			if p := appParty(name, app, w, made, finder); p != nil {
				c.add(p)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Charts)) {
		if chart := s.Charts[name]; chart.Off == "" && chart.Namespace != "" {
			c.add(chartParty(name, chart, s.NodeNames()))
		}
	}
	return c, nil
}

func (c *cast) add(p *party) {
	c.parties = append(c.parties, p)
	c.owners[p.owner] = append(c.owners[p.owner], p)
	c.lives[p.namespace] = append(c.lives[p.namespace], p)
}

// appParty is a workload of an app; nil when no object has its pods.
func appParty(name string, app *model.App, workload string, made map[string]*inventory.PodTemplate, finder *eligible.Finder) *party {
	w := app.Workloads[workload]
	p := &party{kind: "app", owner: name, workload: workload, entry: []string{"apps", name}, services: map[string]service{}}
	if workload != "" {
		p.path = []string{"workloads", workload}
	}
	t := made[strings.Join(slices.Concat(p.entry, p.path), "/")]
	if t == nil {
		return nil
	}
	p.pods = pods{namespace: t.Object.Namespace, labels: set{labels: t.Labels}, ports: map[string]int32{}, host: t.Spec.HostNetwork}
	if nodes, err := finder.Of(t); err == nil { // else another check reports it
		p.nodes = nodes.Names
	}
	for _, c := range slices.Concat(t.Spec.InitContainers, t.Spec.Containers) {
		for _, port := range c.Ports {
			protocol := port.Protocol
			if protocol == "" {
				protocol = corev1.ProtocolTCP
			}
			p.ports[port.Name] = port.ContainerPort
			p.services[port.Name] = service{number: port.ContainerPort, protocol: protocol}
		}
	}
	p.asked = asked(t.Spec)
	p.talks = talks{w.Connects, w.Clients, w.Internet, w.LAN, w.Metrics, len(w.Grants) > 0}
	return p
}

// asked are the ports that the probes of a pod ask, sorted, each once.
func asked(spec *corev1.PodSpec) []int32 {
	var out []int32
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		for _, probe := range []*corev1.Probe{c.ReadinessProbe, c.LivenessProbe, c.StartupProbe} {
			var at *intstr.IntOrString
			switch {
			case probe == nil:
				continue
			case probe.HTTPGet != nil:
				at = &probe.HTTPGet.Port
			case probe.TCPSocket != nil:
				at = &probe.TCPSocket.Port
			case probe.GRPC != nil:
				grpc := intstr.FromInt32(probe.GRPC.Port)
				at = &grpc
			default:
				continue
			}
			number := at.IntVal
			for _, port := range c.Ports {
				if at.Type == intstr.String && port.Name == at.StrVal {
					number = port.ContainerPort
				}
			}
			out = append(out, number)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func chartParty(name string, c *model.Chart, nodes []string) *party {
	p := &party{kind: "chart", owner: name, entry: []string{"charts", name}, open: true, services: map[string]service{}}
	p.pods = pods{namespace: c.Namespace, labels: set{c.Pods, true}, ports: map[string]int32{}, nodes: nodes}
	for s, declared := range c.Services {
		x := service{number: declared.Target, protocol: corev1.ProtocolTCP, labels: declared.Pods}
		if declared.UDP {
			x.protocol = corev1.ProtocolUDP
		}
		p.services[s] = x
	}
	p.talks = talks{c.Connects, c.Clients, c.Internet, c.LAN, c.Metrics, c.API}
	return p
}

// named are the parties that one of them calls by a name: a workload of its own app, an app
// or a chart.
func (c *cast) named(by *party, name string) []*party {
	if by != nil && by.kind == "app" && name != "" {
		for _, p := range c.owners[by.owner] {
			if p.kind == "app" && p.workload == name {
				return []*party{p}
			}
		}
	}
	if owner, workload, one := strings.Cut(name, "/"); one {
		return slices.DeleteFunc(slices.Clone(c.owners[owner]), func(p *party) bool { return p.workload != workload })
	}
	return c.owners[name]
}

// portOf is the port of a name that one of some parties has; workload/port names both.
func portOf(among []*party, name string) (*party, service, bool) {
	workload, port, both := strings.Cut(name, "/")
	if !both {
		port = name
	}
	for _, p := range among {
		if s, has := p.services[port]; has && (!both || p.workload == workload) {
			return p, s, true
		}
	}
	return nil, service{}, false
}
