package traffic

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// ReachesURL opens the way to the host of a URL: to its address, or to the internet
// for a name, whose address is not known here.
func (r Network) ReachesURL(p *scope.Party, at model.Path, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		r.Error(at, "network/bad-address", fmt.Sprintf("%q is no address with a host", address), "it is where something is asked over HTTP", "write it like https://example.com")
		return
	}
	r.ReachesHost(p, at, u.Hostname(), scope.Port{Number: URLPort(u), Protocol: corev1.ProtocolTCP})
}

// AsksAt opens the way to the host of a URL, and to who tells its address.
func (r Network) AsksAt(p *scope.Party, at model.Path, address string) {
	r.asksDNS(p)
	r.ReachesURL(p, at, address)
}

// URLPort is the port of a URL: its own, or its scheme's.
func URLPort(u *url.URL) int32 {
	if n, err := strconv.ParseInt(u.Port(), 10, 32); err == nil {
		return int32(n)
	}
	return map[string]int32{"http": 80, "https": 443}[u.Scheme]
}

// ReachesHost opens the way to an address, to a Service of the cluster, or to the
// internet for another name.
func (r Network) ReachesHost(p *scope.Party, at model.Path, host string, to scope.Port) {
	if _, err := netip.ParseAddr(host); err == nil {
		p.Reaches(r.block(at, host), to)
		return
	}
	if !InCluster(host) {
		p.Reaches([]networkingv1.NetworkPolicyPeer{r.Internet()}, to)
		return
	}
	if w, found, ok := r.Behind(at, host, to.Number); ok {
		r.goes(at, p, w, found)
		r.Lets(at, p, w, found)
	}
}

// InCluster reports whether a host is the name of a Service.
func InCluster(host string) bool {
	return strings.HasSuffix(strings.TrimSuffix(host, ".cluster.local"), ".svc")
}

// Behind is what is behind a port of a Service, whose name is written out. It
// reports a Service that nothing here is known to have.
func (r Network) Behind(at model.Path, host string, number int32) (*scope.Party, scope.Port, bool) {
	name, namespace, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(host, ".cluster.local"), ".svc"), ".")
	for _, w := range r.Lives[namespace] {
		for _, p := range w.Ports {
			if ServiceOf(w, p) == name && p.Front() == number {
				return w, p, true
			}
		}
	}
	r.Error(at, "network/no-service", fmt.Sprintf("port %d of Service %s in namespace %s is named here", number, name, namespace), "no app or chart is known to have it, so nothing would open the way",
		"correct it, or add it to the services of the chart that makes it")
	return nil, scope.Port{}, false
}
