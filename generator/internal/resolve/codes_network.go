package resolve

import "stillsuit.dev/finding"

// networkCodes are about exposures and addresses.
func networkCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "expose/form", Title: "an exposure is in two ways, or in none",
			Text:    "An exposure is by host (through the ingress controller, a tunnel or a mesh) or by an address of its own. Make one exposure for each way in.",
			Example: "expose: web: {host: \"site\", loadBalancer: \"192.168.1.241\"}\n// expose: {web: host: \"site\", lan: {loadBalancer: \"192.168.1.241\", ports: [\"http\"]}}",
		},
		{
			Code: "expose/port", Title: "an exposure does not say which port it leads to",
			Text:    "Without port, an exposure leads to the only TCP port of the app, or to the one called http. This app has several.",
			Example: "expose: web: {host: \"site\", port: \"admin\"}",
		},
		{
			Code: "expose/unknown", Title: "an exposure names something that the cluster does not have",
			Text:    "certificate, middlewares, tunnel and mesh are names of what cluster.certificates, cluster.ingress.middlewares, cluster.tunnels and cluster.meshes declare.",
			Example: "expose: web: {host: \"site\", mesh: \"tailscal\"}    // tailscale",
		},
		{
			Code: "expose/no-domain", Title: "a host without a dot, in a cluster without a domain",
			Text:    "A host without a dot gets the cluster's domain. Set cluster.domain, or write the host out.",
			Example: "expose: web: host: \"site\"    // \"site.homelab.local\"",
		},
		{
			Code: "expose/domain", Title: "a host that its tunnel does not serve",
			Text:    "cluster.tunnels.<name>.domains are the domains whose traffic the tunnel gets; others end elsewhere.",
			Example: "tunnels: cloudflare: domains: [\"example.com\"]\nexpose: public: {host: \"site.example.org\", tunnel: \"cloudflare\"}    // site.example.com",
		},
		{
			Code: "expose/taken", Title: "two exposures have one host or address",
			Text:    "The ingress controller would send requests to either of the two, and a load balancer would give the address to whichever came first. Paths of one host and ports of one address may be shared out.",
			Example: "apps: a: expose: web: host: \"site\"\napps: b: expose: web: host: \"site\"    // add path: \"/b\"",
		},
		{
			Code: "expose/host", Title: "a text that is no host",
			Text:    "A host is a name in lower-case letters, digits, dashes and dots, perhaps with *. in front. It has no scheme, port or path: the ingress controller's entry points decide those, and path is a field of its own. An app that serves TLS itself says scheme: \"https\". The API server refuses an Ingress with another host, and Flux then applies nothing of the app.",
			Example: "expose: web: host: \"https://Site.example.com:8443/app\"    // host: \"site.example.com\", path: \"/app\"",
		},
		{
			Code: "expose/scheme", Title: "a scheme that the way in cannot be told",
			Text:    "scheme: \"https\" has the ingress controller, the tunnel or the mesh speak TLS to the port. They verify its certificate: serverName is the name that it must be for, signed by a known authority; unverified takes any certificate, with the reason. The Tailscale operator verifies none. stillsuit tells Traefik, cloudflared and the Tailscale operator of schemes; what other controllers read goes into annotations.",
			Example: "expose: web: {host: \"unifi\", scheme: \"https\", unverified: \"it signs its own certificate\"}",
		},
		{
			Code: "expose/shared-address", Title: "exposures that cannot share their address",
			Text:    "MetalLB gives one address to several Services only when they have the same pods, or when all have externalTrafficPolicy Cluster. By default exposures have Local: requests come in by a node that runs one of the pods, which sees the client's address. With Cluster any node takes them, and pods see the node's address. The annotation with the sharing key is rendered by itself.",
			Example: "apps: a: expose: lan: {ports: [\"http\"], loadBalancer: \"192.168.1.241\", externalTrafficPolicy: Cluster: \"one address for all\"}\napps: b: expose: lan: {ports: [\"ssh\"], loadBalancer: \"192.168.1.241\", externalTrafficPolicy: Cluster: \"one address for all\"}",
		},
		{
			Code: "expose/one-workload", Title: "an exposure has ports of several workloads",
			Text:    "A Service leads to the pods of one workload. Make an exposure for each, with an address of its own.",
			Example: "expose: lan: ports: [\"server/http\", \"db/sql\"]    // two exposures",
		},
		{
			Code: "expose/no-load-balancer", Title: "an address is asked for, and nothing hands it out",
			Text:    "Addresses are handed out by MetalLB from cluster.network.pools, or by K3s's ServiceLB. This cluster has neither, so the Service would stay pending for ever.",
			Example: "cluster: network: pools: lan: \"192.168.1.240-192.168.1.250\"",
		},
		{
			Code: "expose/outside-pool", Title: "an address that no pool has",
			Text:    "MetalLB hands out only what cluster.network.pools hold. Another address may be some other machine's.",
			Example: "loadBalancer: \"192.168.1.9\"    // one of 192.168.1.240-192.168.1.250",
		},
		{
			Code: "network/bad-address", Title: "a text is no address or range",
			Text:    "NetworkPolicies, nodes and load balancers take addresses (192.168.1.20) and ranges (192.168.1.0/24), no names: a name may lead elsewhere tomorrow.",
			Example: "lan: \"nas\": tcp: [445]    // \"192.168.1.30\"",
		},
		{
			Code: "network/no-address", Title: "traffic is declared with somebody whose address is not known",
			Text:    "Pods that use the node's network, the Kubernetes API and clients of the home network are known to NetworkPolicies by address only. Give the nodes an address, or the cluster its home network.",
			Example: "nodes: node1: {role: \"server\", address: \"192.168.1.11\"}",
		},
	}
}
