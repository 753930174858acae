package render

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/model"
)

// reachesURL opens the way to the host of a URL: to its address, or to the internet
// for a name, whose address is not known here.
func (r *renderer) reachesURL(p *party, at model.Path, address string) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		r.Error(at, "network/bad-address", fmt.Sprintf("%q is no address with a host", address), "it is where something is asked over HTTP", "write it like https://example.com")
		return
	}
	number := map[string]int32{"http": 80, "https": 443}[u.Scheme]
	if n, err := strconv.ParseInt(u.Port(), 10, 32); err == nil {
		number = int32(n)
	}
	r.reachesHost(p, at, u.Hostname(), port{number: number, protocol: corev1.ProtocolTCP})
}

// reachesHost opens the way to an address, or to the internet for a name.
func (r *renderer) reachesHost(p *party, at model.Path, host string, to port) {
	if _, err := netip.ParseAddr(host); err == nil {
		p.reaches(r.block(at, host), to)
		return
	}
	p.reaches([]networkingv1.NetworkPolicyPeer{r.internet()}, to)
}
