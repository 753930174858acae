package render

import (
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"stillsuit.dev/generator/model"
)

// networkPolicy shuts a party in, but for its flows.
type networkPolicy struct {
	unit unit
	of   *party
}

// networkPolicies closes the flows of all parties, once everything has said what it
// connects to. Host network pods are beyond NetworkPolicies. solvers are the pods that
// answer for hosts.
func (r network) networkPolicies(solvers []*party) []*networkPolicy {
	var out []*networkPolicy
	for _, p := range solvers {
		out = append(out, &networkPolicy{namespacesUnit(), p})
	}
	for _, name := range sorted(r.apps) {
		if r.d.Apps[name].Namespace == "" { // reported
			continue
		}
		for _, w := range r.apps[name] {
			if w.HostNetwork != "" {
				continue
			}
			if len(w.Connects) > 0 || w.Internet != nil {
				r.asksDNS(&w.party)
			}
			out = append(out, &networkPolicy{r.appUnit(name), &w.party})
		}
	}
	for _, name := range sorted(r.charts) {
		c := r.charts[name]
		if !c.rendered() || !c.RunsPods() || slices.Contains(systemNamespaces, c.Namespace) {
			continue
		}
		r.guarded("chart", c.at, func() { r.chartFlows(c) })
		out = append(out, &networkPolicy{c.unit(), &c.party})
	}
	return out
}

// chartFlows adds what is true of every chart: its pods talk among themselves, to
// the DNS server, and as declared. A namespace of the system is open, so its charts
// have none.
func (r network) chartFlows(c *chart) {
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
}
