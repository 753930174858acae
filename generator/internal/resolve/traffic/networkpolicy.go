package traffic

import (
	"maps"
	"slices"

	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// NetworkPolicy shuts a party in, but for its flows.
type NetworkPolicy struct {
	Unit scope.Unit
	Of   *scope.Party
	// Alone says that nothing else denies what it does not allow.
	Alone bool
}

// NetworkPolicies closes the flows of all parties, once everything has said what it
// connects to. Host network pods are beyond NetworkPolicies. passing are pods that
// controllers make in the namespaces of apps: those that answer for hosts, and those that
// copy volumes.
func (r Network) NetworkPolicies(passing []*scope.Party) []*NetworkPolicy {
	var out []*NetworkPolicy
	defer r.ReportOpen()
	for _, p := range passing {
		unit := scope.NamespacesUnit()
		if r.Outside(p.Namespace) {
			if !r.Isolated(p.Namespace) { // they are open as they are
				continue
			}
			unit = scope.IsolationUnit()
		}
		out = append(out, &NetworkPolicy{Unit: unit, Of: p})
	}
	for _, name := range slices.Sorted(maps.Keys(r.Apps)) {
		if r.Desired.Apps[name].Namespace == "" { // reported
			continue
		}
		for _, w := range r.Apps[name] {
			if w.Declared.HostNetwork != "" {
				continue
			}
			if len(w.Declared.Connects) > 0 || w.Declared.Internet != nil {
				r.asksDNS(&w.Party)
			}
			out = append(out, &NetworkPolicy{Unit: r.AppUnit(name), Of: &w.Party, Alone: !r.Isolated(w.Namespace)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Charts)) {
		c := r.Charts[name]
		if !c.Rendered() || !c.Declared.RunsPods() || slices.Contains(scope.SystemNamespaces, c.Declared.Namespace) {
			continue
		}
		r.Guarded("chart", c.At, func() { r.chartFlows(c) })
		out = append(out, &NetworkPolicy{Unit: c.Unit(), Of: &c.Party})
	}
	return out
}

// chartFlows adds what is true of every chart: its pods talk among themselves, to
// the DNS server, and as declared. A namespace of the system is open, so its charts
// have none.
func (r Network) chartFlows(c *scope.Chart) {
	own := []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{MatchLabels: c.Selector}}}
	c.Admits(own, scope.Port{})
	if c.Declared.Everywhere != "" {
		c.Reason = "everywhere: " + c.Declared.Everywhere
		c.Flows.Out = slices.DeleteFunc(c.Flows.Out, func(f scope.Flow) bool {
			return !slices.ContainsFunc(f.Peers, func(p networkingv1.NetworkPolicyPeer) bool { return p.IPBlock != nil })
		})
		c.Reaches([]networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}, scope.Port{})
		for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
			if address := r.Desired.Cluster.Nodes[name].Address; address != "" {
				r.reachesNodes(&c.Party, r.block(model.Path{"cluster", "nodes", name, "address"}, address), scope.Port{}, entityHost, entityNode)
			}
		}
	} else {
		r.asksDNS(&c.Party)
		c.Reaches(own, scope.Port{})
	}
}
