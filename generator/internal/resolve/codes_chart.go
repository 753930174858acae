package resolve

import "stillsuit.dev/finding"

// chartCodes are about Helm charts, and what they bring.
func chartCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "chart/source", Title: "a chart does not say where it comes from, or says it twice",
			Text:    "A chart comes from a registry (chart: \"oci://…\", with the version in it), from a chart repository (repo, chart and version), or from a directory of a Git repository (git, chart and version).",
			Example: "charts: loki: {namespace: \"logs\", chart: \"loki\", version: \"18.11.0\"}\n// add repo: \"https://…\", or write chart: \"oci://registry/path/loki:18.11.0\"",
		},
		{
			Code: "chart/version", Title: "a chart has no exact version",
			Text:    "A range is resolved in the cluster, at some time: the same commit may install one version today and another tomorrow, and no pull request shows it. Write the version out, and let a bot raise it.",
			Example: "version: \"1.x\"    // \"1.12.1\"",
		},
		{
			Code: "chart/value-path", Title: "a path in a chart's values that Helm does not take",
			Text:    "secretValues is keyed by the place of each value, as helm --set writes it: names with dots between them.",
			Example: "secretValues: \"grafana/admin password\": \"grafana/password\"    // \"grafana.adminPassword\"",
		},
		{
			Code: "chart/provides", Title: "two charts bring the same",
			Text:    "Two charts that install the definitions of one API group, or the provisioner of one name, undo each other's work at every reconciliation. Keep one, or switch the definitions off in the values of the other and take them out of its provides.",
			Example: "charts: a: provides: [\"monitoring.coreos.com\"]\ncharts: b: provides: [\"monitoring.coreos.com\"]    // remove it",
		},
		{
			Code: "chart/pods", Title: "a chart does not say which pods are its own",
			Text:    "The traffic of a chart is opened for the pods that its field pods selects. Without it these are all pods of its namespace, which is right only while nothing else lives there. A Service of ours, for an address of the home network, needs the labels of the pods behind it too.",
			Example: "charts: loki: {namespace: \"logs\", …}\ncharts: alloy: {namespace: \"logs\", …}\n// pods: \"app.kubernetes.io/name\": \"loki\", and so on",
		},
		{
			Code: "chart/outside", Title: "a chart that is installed outside Flux says what would be rendered",
			Text:    "outside means that something else installs the chart and that its namespace is not ours: nothing is rendered for it, so nothing that would be may be declared, and nothing of ours may live beside it.",
			Example: "charts: router: {outside: \"pods need it before Flux can run\", expose: …}    // remove expose",
		},
		{
			Code: "chart/footprint", Title: "a component runs a number of pods and one on each node",
			Text:    "replicas is a number of pods, perNode one pod for each node. A component is one of them.",
			Example: "footprint: agent: {perNode: true, replicas: 2}    // keep one",
		},
		{
			Code: "chart/no-footprint", Title: "nothing tells what a chart takes of the nodes",
			Text:    "What pods a chart makes is decided inside the cluster, so budgets can count it only when it is said: replicas or perNode, requests and limits by component. A chart that only brings definitions says {}.",
			Example: "footprint: {controller: {requests: memory: \"64Mi\", limits: memory: \"128Mi\"}}",
		},
		{
			Code: "cluster/duplicate", Title: "K3s brings what a chart of the cluster brings too",
			Text:    "K3s runs Traefik, ServiceLB, a storage provisioner, a metrics server and a network policy controller of its own unless it is told otherwise, and writes their manifests anew at every start. Beside a chart for the same work, both claim the same ports, addresses, classes or rules. Start K3s without it, and say so in kubernetes.bundled.",
			Example: "cluster: kubernetes: bundled: traefik: false    // and k3s server --disable=traefik",
		},
		{
			Code: "name/taken", Title: "two units would have one name",
			Text:    "Each app and each chart is a Flux Kustomization of its name, and what a chart is told is <chart>-config. after, connects and tunnels call apps and charts by name alike.",
			Example: "apps: loki: {…}\ncharts: loki: {…}    // rename one",
		},
		{
			Code: "object/unknown-group", Title: "a raw object of an API group that nothing brings",
			Text:    "The API server refuses an object whose kind it does not know. Kinds that are not Kubernetes' own or Flux's come with a chart: when that chart says so in provides, the object waits for it. When something outside of this repository brings the kind, the warning can be left.",
			Example: "charts: \"cert-manager\": provides: [\"cert-manager.io\"]",
		},
	}
}
