package render

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// chartTraffic collects what a chart declares about whom its pods talk to.
func (r *scope) chartTraffic(c *chart) {
	r.talks(&c.party, traffic{c.Connects, c.Clients, c.Internet, c.LAN, c.Metrics})
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

// chartPolicy renders the NetworkPolicy of a chart: its pods talk among
// themselves, to the DNS server, and as declared. A namespace of the system is
// open, so nothing is rendered there.
func (r *renderer) chartPolicy(c *chart) {
	if !c.rendered() || !c.RunsPods() || slices.Contains(systemNamespaces, c.Namespace) {
		return
	}
	own := []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{MatchLabels: c.selector}}}
	c.admits(own, port{})
	if c.Everywhere != "" {
		c.reason = "everywhere: " + c.Everywhere
		c.flows.out = slices.DeleteFunc(c.flows.out, func(f flow) bool {
			return !slices.ContainsFunc(f.peers, func(p networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil })
		})
		c.reaches([]networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}, port{})
		for _, name := range sorted(r.d.Cluster.Nodes) {
			if address := r.d.Cluster.Nodes[name].Address; address != "" {
				c.reaches(r.block(model.Path{"cluster", "nodes", name, "address"}, address), port{})
			}
		}
	} else {
		r.asksDNS(&c.party)
		c.reaches(own, port{})
	}
	r.policy(c.unit(), &c.party)
}
