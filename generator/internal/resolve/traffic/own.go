package traffic

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// calls lets pods call hosts that this cluster serves.
func (x *exposures) calls(of *exposer) {
	for _, w := range of.among {
		var hosts []string
		if w.Runner != nil {
			hosts = w.Runner.Declared.Reaches
		} else if c := x.Charts[w.Owner]; c != nil {
			hosts = c.Declared.Reaches
		}
		for i, name := range hosts {
			x.call(w, name, w.At.Join("reaches", strconv.Itoa(i)))
		}
	}
}

// call opens the way to a host: to the pods of the ingress controller, to which the address
// of its load balancer is translated before policies look, and to that address for plugins
// that look before; or to the internet for a host in a tunnel.
func (x *exposures) call(w *scope.Party, name string, at model.Path) {
	if !x.checkHost(at, "reached host", w.Full, name) {
		return
	}
	host := name
	if !strings.Contains(host, ".") && x.Desired.Cluster.Domain != "" {
		host += "." + x.Desired.Cluster.Domain
	}
	ingress := x.Desired.Cluster.Ingress
	web, secure := scope.Port{Number: 80, Protocol: corev1.ProtocolTCP}, scope.Port{Number: 443, Protocol: corev1.ProtocolTCP}
	var known []string
	served := false
	for _, route := range x.Routes {
		known = append(known, route.Hosts...)
		if route.Class != ingress.Class || !slices.Contains(route.Hosts, host) {
			continue
		}
		served = true
		if route.TLS != nil || len(ingress.Entrypoints) > 0 {
			x.callIngress(w, at, secure)
		}
		if route.TLS == nil || len(ingress.Entrypoints) > 0 {
			x.callIngress(w, at, web)
		}
	}
	for _, tunnel := range slices.Sorted(maps.Keys(x.Tunnelled)) {
		for _, route := range x.Tunnelled[tunnel] {
			known = append(known, route.Hostname)
			if route.Hostname == host {
				served = true
				w.Reaches([]networkingv1.NetworkPolicyPeer{x.Internet()}, secure)
			}
		}
	}
	if served {
		x.asksDNS(w)
		return
	}
	x.Error(at, "expose/unknown-host", fmt.Sprintf("%s calls host %s, which no exposure of this cluster serves", w.Full, host), "",
		finding.DidYouMean(host, Unique(known), "Name a host of an exposure, or open internet or lan for another one.")).Like(host, Unique(known))
}

// callIngress lets a party reach a port of the ingress controller.
func (x *exposures) callIngress(w *scope.Party, at model.Path, front scope.Port) {
	ingress := x.Desired.Cluster.Ingress
	behind := scope.Port{} // its ports are its own affair, unless they are known
	if (Traefik{x.Scope}).Bundled() {
		behind = scope.Port{Number: map[int32]int32{80: 8000, 443: 8443}[front.Number], Protocol: front.Protocol} // traefik-helm-chart, values.yaml
	}
	for _, who := range x.Lives[ingress.Namespace] {
		if who == w || !who.MayBe(ingress.Pods) {
			continue
		}
		if i := slices.IndexFunc(who.Ports, func(p scope.Port) bool { return p.Front() == front.Number && p.Protocol == front.Protocol }); i >= 0 {
			behind = who.Ports[i]
		}
		if who.Host != nil {
			x.goes(at, w, who, behind)
		}
		x.Lets(at, w, who, behind)
	}
	w.Reaches([]networkingv1.NetworkPolicyPeer{PodsOf(ingress.Namespace, ingress.Pods)}, scope.Port{Number: behind.Number, Protocol: behind.Protocol})
	for _, address := range x.ingressAddresses() {
		w.Reaches(x.block(at, address), front)
	}
}

// ingressAddresses are those of the home network that lead to the ingress controller.
func (x *exposures) ingressAddresses() []string {
	out := []string{Traefik{x.Scope}.Address()}
	for _, who := range x.Lives[x.Desired.Cluster.Ingress.Namespace] {
		if !who.MayBe(x.Desired.Cluster.Ingress.Pods) {
			continue
		}
		expose := map[string]*model.Expose{}
		if c := x.Charts[who.Owner]; c != nil && who.Runner == nil {
			expose = c.Declared.Expose
		} else if app := x.Desired.Apps[who.Owner]; app != nil {
			expose = app.Expose
		}
		for _, name := range slices.Sorted(maps.Keys(expose)) {
			out = append(out, expose[name].LoadBalancer)
		}
	}
	return slices.DeleteFunc(Unique(out), func(address string) bool { return address == "" })
}
