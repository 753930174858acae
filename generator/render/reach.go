package render

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/model"
)

// reachesURL opens the way to the host of a URL: to its address, or to the internet
// for a name, whose address is not known here.
func (r network) reachesURL(p *party, at model.Path, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		r.Error(at, "network/bad-address", fmt.Sprintf("%q is no address with a host", address), "it is where something is asked over HTTP", "write it like https://example.com")
		return
	}
	r.reachesHost(p, at, u.Hostname(), port{number: urlPort(u), protocol: corev1.ProtocolTCP})
}

// urlPort is the port of a URL: its own, or its scheme's.
func urlPort(u *url.URL) int32 {
	if n, err := strconv.ParseInt(u.Port(), 10, 32); err == nil {
		return int32(n)
	}
	return map[string]int32{"http": 80, "https": 443}[u.Scheme]
}

// reachesHost opens the way to an address, to a Service of the cluster, or to the
// internet for another name.
func (r network) reachesHost(p *party, at model.Path, host string, to port) {
	if _, err := netip.ParseAddr(host); err == nil {
		p.reaches(r.block(at, host), to)
		return
	}
	if !inCluster(host) {
		p.reaches([]networkingv1.NetworkPolicyPeer{r.internet()}, to)
		return
	}
	if w, found, ok := r.behind(at, host, to.number); ok {
		p.reaches(r.peersAt(at, w, found, p), found)
		w.admits(r.peersOf(at, p, w), found)
	}
}

// inCluster reports whether a host is the name of a Service.
func inCluster(host string) bool {
	return strings.HasSuffix(strings.TrimSuffix(host, ".cluster.local"), ".svc")
}

// behind is what is behind a port of a Service, whose name is written out. It
// reports a Service that nothing here is known to have.
func (r network) behind(at model.Path, host string, number int32) (*party, port, bool) {
	name, namespace, _ := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(host, ".cluster.local"), ".svc"), ".")
	for _, w := range r.lives[namespace] {
		for _, p := range w.ports {
			if serviceOf(w, p) == name && p.front() == number {
				return w, p, true
			}
		}
	}
	r.Error(at, "network/no-service", fmt.Sprintf("port %d of Service %s in namespace %s is named here", number, name, namespace), "no app or chart is known to have it, so nothing would open the way",
		"correct it, or add it to the services of the chart that makes it")
	return nil, port{}, false
}
