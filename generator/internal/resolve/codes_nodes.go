package resolve

import "stillsuit.dev/finding"

// nodesCodes are about how nodes, the ingress controller and pods reach each other.
func nodesCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "network/node-range", Title: "every pod can reach a port that only nodes must",
			Text:    "With an overlay of flannel, pods see other nodes under the first address of the node's part of the pod range. It must be declared to open a port to that address alone; until then the port is open to the whole pod range, and so to every pod. Calico and network plugins that stillsuit does not know may use any address of the range.",
			Example: "nodes: node1: {role: \"server\", address: \"192.168.1.11\", pods: \"10.42.0.0/24\"}    // kubectl get node node1 -o jsonpath={.spec.podCIDR}",
		},
		{
			Code: "chart/no-probes", Title: "a chart does not say which ports its probes ask",
			Text:    "cluster.network.probesFrom are the ranges from which kubelets probe pods. They are admitted on the ports of probes alone, and what a chart's probes ask is not seen: name it.",
			Example: "cluster: network: probesFrom: [\"192.168.7.0/24\"]\ncharts: loki: probes: [3100]",
		},
		{
			Code: "network/node-pods", Title: "a node's part of the pod range is another's, or no part of it",
			Text:    "Kubernetes gives each node a part of the pod range of its own. kubectl get node <node> -o jsonpath={.spec.podCIDR} prints it. With a wrong one NetworkPolicies admit an address that nobody has, or that of another node.",
			Example: "network: pods: \"10.42.0.0/16\"\nnodes: node2: pods: \"10.43.1.0/24\"    // \"10.42.1.0/24\"",
		},
		{
			Code: "network/not-enforced", Title: "nothing enforces NetworkPolicies",
			Text:    "A NetworkPolicy does nothing by itself: the network plugin or a controller beside it must enforce it. flannel enforces none. K3s runs a controller for that beside it, unless it is started with --disable-network-policy. Talos enforces them with flannel from 1.13 on, when cluster.network.cni.flannel.kubeNetworkPoliciesEnabled is set.",
			Example: "kubernetes: bundled: \"network-policy\": false    // remove it, or network: cni: \"kube-router\"",
		},
		{
			Code: "cluster/egress-selector", Title: "an egress selector mode for a distribution that has none",
			Text:    "cluster.kubernetes.egressSelector says how the servers of K3s reach pods. No other distribution has such a mode.",
			Example: "kubernetes: {distribution: \"talos\", egressSelector: \"pod\"}    // remove egressSelector",
		},
		{
			Code: "cluster/ingress-address", Title: "the address of the ingress controller",
			Text:    "The Service of the Traefik that K3s brings asks for no address, and MetalLB assigns none by itself from cluster.network.pools. stillsuit gives it cluster.ingress.address, or the first address that no exposure has, through K3s's HelmChartConfig. An ingress controller that is a chart gets an address by an exposure with loadBalancer; K3s's own load balancer gives Traefik the nodes' addresses.",
			Example: "cluster: {network: pools: lan: \"192.168.1.240-192.168.1.250\", ingress: address: \"192.168.1.240\"}",
		},
		{
			Code: "cluster/no-ingress", Title: "nothing is deployed where the ingress controller is said to run",
			Text:    "Exposures with a host are served by the ingress controller of cluster.ingress, and NetworkPolicies open their ports to pods of its namespace. No app or chart is in that namespace, so nothing answers for the hosts.",
			Example: "kubernetes: bundled: traefik: false\ncharts: traefik: from: \"traefik\"    // add it, or correct cluster.ingress.Namespace",
		},
		{
			Code: "expose/unknown-host", Title: "pods call a host that no exposure serves",
			Text:    "reaches lists hosts of this cluster that pods call by name, as an app does that lets people log in through another one. Hosts of others are opened by internet or lan.",
			Example: "apps: grafana: reaches: [\"auth\"]    // apps: authentik: expose: web: host: \"auth\"",
		},
	}
}
