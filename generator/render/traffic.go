package render

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// traffic decides about what apps and charts declare about whom they talk to.
type traffic struct{ network }

// spoken is what an app's workload or a chart declares about whom it talks to.
type spoken struct {
	connects map[string][]string
	clients  map[string][]string
	internet *model.Ports
	lan      map[string]model.Ports
	metrics  map[string]string
}

// connections collects what a workload declares about whom it talks to, at both ends.
func (r traffic) connections(w *workload) {
	r.talks(&w.party, spoken{w.Connects, w.Clients, w.Internet, w.LAN, w.Metrics})
	if r.usesAPI(w) {
		r.reachesAPI(&w.party, w.at.Join("grants"))
	}
	for _, probed := range r.d.Cluster.Network.ProbesFrom {
		peers := r.block(model.Path{"cluster", "network", "probesFrom"}, probed)
		for _, p := range w.ports {
			w.admits(peers, p)
		}
	}
}

func (r traffic) talks(w *party, t spoken) {
	for _, name := range sorted(t.connects) {
		at := w.at.Join("connects", name)
		others := r.lookup(w, name)
		if len(others) == 0 {
			r.unknownApp(at, w, name, fmt.Sprintf("%s connects to %s", w.full, name))
			continue
		}
		of := others[0].kind + " " + name
		for _, portName := range t.connects[name] {
			if to, p, ok := r.portOf(at, of, others, portName); ok {
				w.reaches(r.peersAt(at, to, p, w), p)
				to.admits(r.peersOf(at, w, to), p)
			}
		}
	}
	for _, from := range sorted(t.clients) {
		at := w.at.Join("clients", from)
		peers := r.block(at, from)
		for _, name := range t.clients[from] {
			if _, p, ok := r.portOf(at, w.kind+" "+w.full, []*party{w}, name); ok {
				w.admits(peers, p)
			}
		}
	}
	if t.internet != nil {
		eachPort(t.internet, func(p port) { w.reaches([]networkingv1.NetworkPolicyPeer{r.internet()}, p) })
	}
	for _, to := range sorted(t.lan) {
		peers := r.block(w.at.Join("lan", to), to)
		ports := t.lan[to]
		eachPort(&ports, func(p port) { w.reaches(peers, p) })
	}
	if scraper := r.d.Cluster.Metrics; scraper != nil {
		for _, p := range w.ports {
			if _, scraped := t.metrics[p.name]; scraped {
				r.opens(w.at.Join("metrics", p.name), model.Peer{Namespace: scraper.Namespace, Pods: scraper.Pods}, w, p)
			}
		}
	}
}

func eachPort(ports *model.Ports, do func(port)) {
	for _, n := range ports.TCP {
		do(port{number: n, protocol: corev1.ProtocolTCP})
	}
	for _, n := range ports.UDP {
		do(port{number: n, protocol: corev1.ProtocolUDP})
	}
}

// chartTraffic collects what a chart declares about whom its pods talk to.
func (r traffic) chartTraffic(c *chart) {
	r.talks(&c.party, spoken{c.Connects, c.Clients, c.Internet, c.LAN, c.Metrics})
	if c.API {
		r.reachesAPI(&c.party, c.at.Join("api"))
	}
	var probes []networkingv1.NetworkPolicyPeer
	for _, probed := range r.d.Cluster.Network.ProbesFrom {
		probes = append(probes, r.block(model.Path{"cluster", "network", "probesFrom"}, probed)...)
	}
	c.admits(probes, port{}) // which of its ports are probed is not known
	if len(c.Webhooks) == 0 {
		return
	}
	servers := r.servers()
	for _, number := range c.Webhooks {
		c.admits(servers, port{number: number, protocol: corev1.ProtocolTCP})
	}
	if len(servers) == 0 {
		r.Error(c.at.Join("webhooks"), "network/no-address", fmt.Sprintf("the Kubernetes API calls chart %s", c.owner), "no server node has an address here", `give a node role: "server" and an address`)
	}
}

// checkPorts reports ports of a workload that share a name or a number: its
// containers share one address.
func (r traffic) checkPorts(w *workload) {
	for i, p := range w.ports {
		for _, other := range w.ports[:i] {
			switch {
			case p.name == other.name:
				r.Error(p.at, "app/port-twice", fmt.Sprintf("%s has two ports called %s", w.full, p.name), "the ports of a workload go into one Service, by name", "rename one")
			case p.number == other.number && p.protocol == other.protocol:
				r.Error(p.at, "app/port-twice", fmt.Sprintf("ports %s and %s of %s are both %d", other.name, p.name, w.full, p.number), "the containers of a pod share one address", "change one")
			}
		}
	}
	r.checkMetrics(&w.party, w.Metrics)
}

// checkMetrics reports metrics of ports that a party does not have.
func (r traffic) checkMetrics(p *party, metrics map[string]string) {
	for _, m := range sorted(metrics) {
		if !slices.ContainsFunc(p.ports, func(p port) bool { return p.name == m }) {
			var known []string
			for _, p := range p.ports {
				known = append(known, p.name)
			}
			r.Error(p.at.Join("metrics", m), "app/unknown-port", fmt.Sprintf("metrics are read from port %s", m), has(p.full, "port", known), finding.DidYouMean(m, known, "name one of them"))
		}
	}
}
