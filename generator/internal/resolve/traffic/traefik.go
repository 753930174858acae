package traffic

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// PathIngress is where the ingress controller is declared.
var PathIngress = model.Path{"cluster", "ingress"}

// Traefik is the one that K3s brings.
type Traefik struct{ *scope.Scope }

// Bundled reports whether K3s brings the Traefik that serves hosts here.
func (r Traefik) Bundled() bool {
	c := r.Desired.Cluster
	return c.Kubernetes.Brings("traefik") && r.Providers[kinds.GroupTraefik] == nil && c.Ingress.Class == "traefik" && c.Ingress.Namespace == "kube-system"
}

// addressOfIngress reserves the address of the ingress controller for it, and reports one
// that it cannot have.
func (x *exposures) addressOfIngress() {
	c, at := x.Desired.Cluster, PathIngress.Join("address")
	switch {
	case c.Ingress.Address == "":
	case !Traefik{x.Scope}.Bundled():
		x.Error(at, "cluster/ingress-address", fmt.Sprintf("the ingress controller is given address %s, and K3s does not bring it", c.Ingress.Address), "",
			"Remove address, and give the chart of the ingress controller an exposure with loadBalancer.")
	case c.Network.LoadBalancer != "metallb":
		x.Error(at, "cluster/ingress-address", fmt.Sprintf("the ingress controller is given address %s, and no MetalLB gives it out", c.Ingress.Address), "",
			"Remove address: the Traefik of K3s has the addresses of the nodes.")
	default:
		x.inPool(at, c.Ingress.Address)
		for _, port := range []int32{80, 443} {
			x.taken[addressKey(c.Ingress.Address, corev1.ProtocolTCP, port)] = at
		}
	}
}

// addressKey is how a port of an address is known among those that are taken.
func addressKey(address string, protocol corev1.Protocol, number int32) string {
	if a, err := netip.ParseAddr(address); err == nil {
		address = a.String()
	}
	return fmt.Sprintf("address %s with %s port %d", address, protocol, number)
}

// Address is the address that MetalLB gives to K3s's Traefik: the declared one, else
// the first that no exposure has; "" for none.
func (r Traefik) Address() string {
	c := r.Desired.Cluster
	if c.Ingress.Address != "" || !r.Bundled() || c.Network.LoadBalancer != "metallb" {
		return c.Ingress.Address
	}
	return freeAddress(r.Desired)
}

// freeAddress is the first address of the pools that no exposure has; "" for none.
func freeAddress(d *model.Desired) string {
	taken := map[string]bool{}
	for _, app := range d.Apps {
		for _, e := range app.Expose {
			taken[e.LoadBalancer] = true
		}
	}
	for _, chart := range d.Charts {
		for _, e := range chart.Expose {
			taken[e.LoadBalancer] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Cluster.Network.Pools)) {
		first, last, err := model.Range(d.Cluster.Network.Pools[name])
		for a := first; err == nil && a.Compare(last) <= 0; a = a.Next() {
			if !taken[a.String()] {
				return a.String()
			}
		}
	}
	return ""
}
