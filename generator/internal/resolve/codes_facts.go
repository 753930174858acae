package resolve

import "stillsuit.dev/finding"

// factCodes are about what the cluster offers to its apps.
func factCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "cluster/no-chart", Title: "a fact of the cluster that no chart makes true",
			Text:    "Pools, certificates, storage classes, middlewares, backups and policies become objects that a chart's controllers read: MetalLB's, cert-manager's, a provisioner's, Traefik's, Velero's, Kyverno's. The chart is the one whose provides names the API group, or the provisioner. For one that is there already, declare it with outside: the fact is then known here, and told to it by whoever installs it.",
			Example: "cluster: network: pools: lan: \"192.168.1.240-192.168.1.250\"\ncharts: metallb: from: \"metallb\"    // add it",
		},
		{
			Code: "cluster/tunnel", Title: "a tunnel whose configuration says too little, or is put nowhere",
			Text:    "A tunnel with config is managed by a file: what leads through it is derived from the exposures and put into the app that holds it. cloudflared takes the file only when it names the tunnel. Without config the tunnel is told elsewhere, and then has no use for an id.",
			Example: "tunnels: cloudflare: {app: \"cloudflared\", config: \"/etc/cloudflared/config.yaml\"}    // add id",
		},
		{
			Code: "network/pools", Title: "two pools have some address in common",
			Text:    "MetalLB refuses a pool that has addresses of another one.",
			Example: "pools: {a: \"192.168.1.240/28\", b: \"192.168.1.250-192.168.1.254\"}    // one of them",
		},
		{
			Code: "network/no-service", Title: "a Service that nothing here is known to have",
			Text:    "Where something is told the name of a Service (a store of backups, an authority, a notification, a target), the way there is opened at both ends. So it must be known which pods are behind it: a port of an app, or one of the services of a chart.",
			Example: "notifications: alerts: {type: \"alertmanager\", address: \"http://alertmanager.monitoring.svc:9093\"}\n// charts: …: services: alertmanager: port: 9093",
		},
		{
			Code: "certificate/form", Title: "an authority is two things, or none",
			Text:    "An authority is one of one's own (ca: the Secret that holds it, selfSigned when cert-manager is to make it) or a public one that signs by ACME.",
			Example: "certificates: lan: {ca: \"homelab-ca\", acme: {…}, …}    // two authorities",
		},
		{
			Code: "certificate/secret", Title: "nothing makes the Secret that an authority is in, or two do",
			Text:    "cert-manager reads the certificate (tls.crt) and the key (tls.key) of an authority from a Secret in its own namespace. Either the chart's secrets bring it, or cert-manager makes it (selfSigned). Its key signs for every host that devices trust it for, so it lies in the repository encrypted, or in the cluster only.",
			Example: "certificates: lan: ca: \"homelab-ca\"    // selfSigned: true, or secrets of the chart",
		},
		{
			Code: "certificate/domain", Title: "two authorities sign for one domain",
			Text:    "A host that names no certificate gets the authority whose domains hold it, the longest first. With two of the same nothing tells which.",
			Example: "certificates: {lan: domains: [\"home.example.com\"], public: domains: [\"home.example.com\"]}    // one of them",
		},
		{
			Code: "notification/type", Title: "a receiver that Flux does not know",
			Text:    "type is one of those of Flux's Provider (fluxcd.io/flux/components/notification/providers). generic posts JSON to any address.",
			Example: "notifications: chat: type: \"discrod\"    // discord",
		},
	}
}
