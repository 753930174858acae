package render

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// checkChart reports what does not go together in a chart, or with the others.
func (r *renderer) checkChart(c *chart) {
	r.checkProvides(c)
	r.checkBundled(c)
	r.checkFootprint(c)
	r.checkMetrics(&c.party, c.Metrics)
	for _, name := range sorted(c.Services) {
		if c.Services[name].Port == 0 {
			r.Error(c.at.Join("services", name), "app/missing-field", fmt.Sprintf("service %s of chart %s has no port", name, c.owner), "it is what others connect to", "add port: 80")
		}
	}
	if c.Outside == "" {
		r.checkShared(c)
		return
	}
	for _, f := range []struct {
		field string
		said  bool
	}{{"expose", len(c.Expose) > 0}, {"objects", len(c.Objects) > 0}, {"secretValues", len(c.SecretValues) > 0}, {"metrics", len(c.Metrics) > 0}, {"after", len(c.After) > 0}} {
		if f.said {
			r.Error(c.at.Join(f.field), "chart/outside", fmt.Sprintf("chart %s says %s", c.owner, f.field), fmt.Sprintf("it is installed outside Flux (%s), so nothing is rendered for it", c.Outside), "remove one of the two")
		}
	}
	for _, other := range r.inNamespace(c.Namespace) {
		if other != &c.party && !r.isOutside(other) && !slices.Contains(systemNamespaces, c.Namespace) {
			r.Error(c.at.Join("namespace"), "chart/outside", fmt.Sprintf("chart %s is installed outside Flux, in namespace %s", c.owner, c.Namespace),
				fmt.Sprintf("%s lives there too, so the namespace is shut, and nothing would open it for the chart", other.says()), "move one of them")
			return
		}
	}
}

// inNamespace lists the parties with pods that NetworkPolicies of a namespace are
// about.
func (r *renderer) inNamespace(namespace string) []*party {
	return slices.DeleteFunc(r.parties(), func(p *party) bool {
		c := r.charts[p.owner]
		return p.namespace != namespace || p.host != nil || p.kind == "chart" && !c.RunsPods()
	})
}

func (r *renderer) isOutside(p *party) bool {
	return p.kind == "chart" && r.charts[p.owner].Outside != ""
}

// checkShared reports a chart that takes every pod of its namespace for its own
// where others live.
func (r *renderer) checkShared(c *chart) {
	if len(c.selector) > 0 || !c.RunsPods() || slices.Contains(systemNamespaces, c.Namespace) {
		return
	}
	for _, other := range r.inNamespace(c.Namespace) {
		if other != &c.party && !r.isOutside(other) {
			r.Error(c.at, "chart/pods", fmt.Sprintf("chart %s does not say which pods of namespace %s are its own", c.owner, c.Namespace),
				fmt.Sprintf("%s lives there too, and what is opened for the chart would be open for it", other.says()), `name its pods, such as pods: "app.kubernetes.io/instance": "`+c.Release+`", or move one of them`)
			return
		}
	}
}

// chartTraffic collects what a chart declares about whom its pods talk to.
func (r *renderer) chartTraffic(c *chart) {
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
	unit := r.units[c.owner]
	if unit == nil || !c.RunsPods() || slices.Contains(systemNamespaces, c.Namespace) {
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
	r.policy(unit, &c.party)
}
