package traffic

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/model"
)

// Traffic decides about what apps and charts declare about whom they talk to.
type Traffic struct{ Network }

// spoken is what an app's workload or a chart declares about whom it talks to.
type spoken struct {
	connects map[string][]string
	clients  map[string][]string
	internet *model.Ports
	lan      map[string]model.Ports
	metrics  map[string]string
}

// Connections collects what a workload declares about whom it talks to, at both ends.
func (r Traffic) Connections(w *scope.Workload) {
	r.talks(&w.Party, spoken{w.Declared.Connects, w.Declared.Clients, w.Declared.Internet, w.Declared.LAN, w.Declared.Metrics})
	if w.HasGrants(r.Desired) {
		r.reachesAPI(&w.Party)
	}
	r.probed(&w.Party, workload.Asked(w))
}

func (r Traffic) talks(w *scope.Party, t spoken) {
	for _, name := range slices.Sorted(maps.Keys(t.connects)) {
		at := w.At.Join("connects", name)
		others := r.Lookup(w, name)
		if len(others) == 0 {
			r.UnknownApp(at, w, name, fmt.Sprintf("%s connects to %s", w.Full, name))
			continue
		}
		of := others[0].Kind + " " + name
		for _, portName := range t.connects[name] {
			if to, p, ok := r.PortOf(at, of, others, portName); ok {
				r.goes(at, w, to, p)
				r.Lets(at, w, to, p)
			}
		}
	}
	for _, from := range slices.Sorted(maps.Keys(t.clients)) {
		at := w.At.Join("clients", from)
		peers := r.block(at, from)
		for _, name := range t.clients[from] {
			if _, p, ok := r.PortOf(at, w.Kind+" "+w.Full, []*scope.Party{w}, name); ok {
				w.Admits(peers, p)
			}
		}
	}
	if t.internet != nil {
		eachPort(t.internet, func(p scope.Port) { w.Reaches([]networkingv1.NetworkPolicyPeer{r.Internet()}, p) })
	}
	for _, to := range slices.Sorted(maps.Keys(t.lan)) {
		peers := r.block(w.At.Join("lan", to), to)
		ports := t.lan[to]
		eachPort(&ports, func(p scope.Port) { w.Reaches(peers, p) })
	}
	if scraper := r.Desired.Cluster.Metrics; scraper != nil {
		for _, p := range w.Ports {
			if _, scraped := t.metrics[p.Name]; scraped {
				r.opens(w.At.Join("metrics", p.Name), model.Peer{Namespace: scraper.Namespace, Pods: scraper.Pods}, w, p)
			}
		}
	}
}

func eachPort(ports *model.Ports, do func(scope.Port)) {
	for _, n := range ports.TCP {
		do(scope.Port{Number: n, Protocol: corev1.ProtocolTCP})
	}
	for _, n := range ports.UDP {
		do(scope.Port{Number: n, Protocol: corev1.ProtocolUDP})
	}
}

// ChartTraffic collects what a chart declares about whom its pods talk to.
func (r Traffic) ChartTraffic(c *scope.Chart) {
	r.talks(&c.Party, spoken{c.Declared.Connects, c.Declared.Clients, c.Declared.Internet, c.Declared.LAN, c.Declared.Metrics})
	if c.Declared.API {
		r.reachesAPI(&c.Party)
	}
	r.chartProbes(c)
	r.called(c)
}

// CheckPorts reports ports of a workload that share a name or a number: its
// containers share one address.
func (r Traffic) CheckPorts(w *scope.Workload) {
	for i, p := range w.Ports {
		for _, other := range w.Ports[:i] {
			switch {
			case p.Name == other.Name:
				r.Error(p.At, "app/port-twice", fmt.Sprintf("%s has two ports called %s", w.Full, p.Name), "the ports of a workload go into one Service, by name", "rename one")
			case p.Number == other.Number && p.Protocol == other.Protocol:
				r.Error(p.At, "app/port-twice", fmt.Sprintf("ports %s and %s of %s are both %d", other.Name, p.Name, w.Full, p.Number), "the containers of a pod share one address", "change one")
			}
		}
	}
}
