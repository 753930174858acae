package traffic

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// probed opens ports that probes ask to the ranges that kubelets ask from.
func (r Traffic) probed(w *scope.Party, ports []scope.Port) {
	for _, from := range r.Desired.Cluster.Network.ProbesFrom {
		peers := r.block(model.Path{"cluster", "network", "probesFrom"}, from)
		for _, p := range ports {
			w.Admits(peers, p)
		}
	}
}

// chartProbes opens the ports that a chart says its probes ask, and reports one that says
// nothing where kubelets need it.
func (r Traffic) chartProbes(c *scope.Chart) {
	var ports []scope.Port
	for _, number := range c.Declared.Probes {
		ports = append(ports, scope.Port{Number: number, Protocol: corev1.ProtocolTCP})
	}
	r.probed(&c.Party, ports)
	if len(r.Desired.Cluster.Network.ProbesFrom) > 0 && c.Declared.Probes == nil && c.Rendered() && c.Declared.RunsPods() && !slices.Contains(scope.SystemNamespaces, c.Namespace) {
		r.Warn(c.At, "chart/no-probes", fmt.Sprintf("chart %s does not say which ports its probes ask", c.Owner), "cluster.network.probesFrom opens only those, and a pod whose probe fails never becomes ready",
			"Add probes: [8080], with the ports of the chart's readiness, liveness and startup probes; [] for none.")
	}
}

// called opens the webhooks of a chart to the Kubernetes API. K3s's egress selector may bring
// its calls to the pod's own node, which is always allowed; k0s brings them by agents, pods
// of its own (docs.k0sproject.io/networking).
func (r Traffic) called(c *scope.Chart) {
	k := r.Desired.Cluster.Kubernetes
	if len(c.Declared.Webhooks) == 0 || k.ThroughNodes() {
		return
	}
	var servers []string
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Nodes)) {
		if r.Desired.Cluster.Nodes[name].Role == "server" {
			servers = append(servers, name)
		}
	}
	for _, number := range c.Declared.Webhooks {
		p := scope.Port{Number: number, Protocol: corev1.ProtocolTCP}
		known := r.letsNodes(servers, &c.Party, p, entityServer)
		if k.Distribution == "k0s" {
			c.Admits([]networkingv1.NetworkPolicyPeer{PodsOf("kube-system", map[string]string{"k8s-app": "konnectivity-agent"})}, p)
		} else if !known {
			r.Stranded = append(r.Stranded, c.Full)
			return
		}
	}
}
