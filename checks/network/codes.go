package network

import "stillsuit.dev/finding"

const (
	codeDenied     finding.Code = "network/denied"
	codeOpen       finding.Code = "network/open"
	codeUnverified finding.Code = "network/unverified"
	codeNoAddress  finding.Code = "network/pending-address"
	codeNoReceiver finding.Code = "network/no-receiver"
)

// codes documents the findings of this check.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: codeDenied, Title: "NetworkPolicies deny traffic that the cluster needs",
			Text:    "A declared connection, exposure, webhook or probe does not get through the finished NetworkPolicies: a patch, a raw object or a wrong network plugin in cluster.network.cni closes it. A webhook that the Kubernetes API cannot reach refuses every object that it is asked about when its failurePolicy is Fail.",
			Example: "cluster: network: cni: \"flannel\"\napps: web: patches: shut: {kind: \"NetworkPolicy\", merge: spec: ingress: null}    // remove the patch",
		},
		{
			Code: codeOpen, Title: "pods can reach a port that nothing declares",
			Text:    "A raw or patched NetworkPolicy admits pods that no connection, exposure or metrics names. That may be meant; where it is not, narrow the policy. Ports that stay open because a node declares no pods are reported as network/node-range.",
			Example: "objects: open: {kind: \"NetworkPolicy\", spec: {podSelector: {}, ingress: [{}]}}    // connects: web: [\"http\"] in the app that needs it",
		},
		{
			Code: codeUnverified, Title: "whether NetworkPolicies let traffic through cannot be told",
			Text:    "What decides is not in the tree: the labels of a chart's pods, the network plugin and with it the address under which a node talks to pods, or a policy that cannot be read. Nothing is known to be wrong.",
			Example: "stillsuit check flux/ --nodes nodes.yaml    # says which nodes there are, not which network plugin",
		},
		{
			Code: codeNoAddress, Title: "a Service of type LoadBalancer never gets an address",
			Text:    "Every IPAddressPool of the tree says autoAssign: false, so MetalLB gives addresses only to Services that ask for one by the annotation metallb.io/loadBalancerIPs or metallb.io/address-pool, or by spec.loadBalancerIP. This Service asks for none and stays pending.",
			Example: "metadata: annotations: \"metallb.io/loadBalancerIPs\": \"192.168.1.241\"",
		},
		{
			Code: codeNoReceiver, Title: "alerts reach nobody",
			Text:    "kube-prometheus-stack starts its Alertmanager with one receiver, called \"null\", which sends nothing. Alerts then fire, and nobody is told. Configure a receiver in the values below alertmanager.config, make an AlertmanagerConfig, or switch Alertmanager off. A receiver outside the cluster needs egress: internet or lan of the chart.",
			Example: "charts: \"kube-prometheus-stack\": {\n\tvalues: alertmanager: config: {route: receiver: \"ntfy\", receivers: [{name: \"null\"}, {name: \"ntfy\", webhook_configs: [{url: \"https://ntfy.sh/my-alerts\"}]}]}\n\tinternet: tcp: [443]\n}",
		},
	}
}
