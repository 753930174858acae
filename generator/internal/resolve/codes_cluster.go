package resolve

import "stillsuit.dev/finding"

// clusterCodes are about the cluster's own facts, and its namespaces.
func clusterCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "cluster/name", Title: "a cluster's name is not that of its directory",
			Text:    "clusters/<name> is rendered to flux-system/<name>, which is the path that Flux was bootstrapped with. One name for both keeps them together.",
			Example: "// in clusters/turingpi\ncluster: name: \"turinpi\"    // \"turingpi\"",
		},
		{
			Code: "cluster/timezone", Title: "a time zone that does not exist",
			Text:    "cluster.timezone is a name of the IANA database, in which Kubernetes and the C libraries look it up. The API server refuses a CronJob with any other, and programs fall back to UTC.",
			Example: "cluster: timezone: \"Europe/Kopenhagen\"    // \"Europe/Copenhagen\"",
		},
		{
			Code: "cluster/address-twice", Title: "two nodes have one address",
			Text:    "NetworkPolicies name nodes by address. One of the two is wrong.",
			Example: "node1: address: \"192.168.1.11\"\nnode2: address: \"192.168.1.11\"    // 192.168.1.12",
		},
		{
			Code: "cluster/concurrent", Title: "one unit rolls at a time",
			Text:    "With wait: true a unit holds its worker until it is healthy or its timeout ends. With one worker, a single unit that never becomes healthy keeps all others from being applied for that time, also the fix. With two, others go on. Measured with eight units, one of them sick: 185 s until the others were applied with one worker, 35 s with two.",
			Example: "rollout: concurrent: 1    // 2",
		},
		{
			Code: "cluster/unread", Title: "YAML in a cluster's directory that nothing reads",
			Text:    "stillsuit reads the files that the cluster's CUE names: in file and dir of files, and in secrets. Flux applies what is rendered below flux-system. A manifest that lies beside the CUE is applied by nobody.",
			Example: "// clusters/turingpi/namespace.yaml: namespaces: web: {} instead",
		},
		{
			Code: "cluster/no-source", Title: "the Flux Operator does not know what Flux follows",
			Text:    "flux bootstrap writes the objects that say what Flux follows. With cluster.flux.operator they are made from what is declared: the repository or artifact in url, and the branch or tag.",
			Example: "cluster: flux: operator: {}    // add url: \"ssh://git@github.com/OWNER/REPOSITORY.git\"",
		},
		{
			Code: "cluster/unknown-controller", Title: "a memory limit for a controller that Flux does not have",
			Text:    "cluster.flux.memory is keyed by the names of the controllers that flux bootstrap installs.",
			Example: "flux: memory: \"helm-controler\": \"512Mi\"    // helm-controller",
		},
		{
			Code: "name/reserved", Title: "an app or chart has the name of one of the cluster's own units",
			Text:    "Each app and each chart is a Flux Kustomization of its name, and namespaces, monitors, access and flux-system are taken. Rename it.",
			Example: "apps: monitors: {…}    // apps: \"monitor\": {…}",
		},
		{
			Code: "name/too-long", Title: "the name of an object would be longer than Kubernetes takes",
			Text:    "Objects are named after their app, workload, volume or exposure, joined by dashes, and most of these names may have 63 characters. Shorten one of the parts.",
			Example: "apps: \"a-very-long-name-…\": workloads: \"another-long-name-…\": {…}    // a shorter one",
		},
		{
			Code: "namespace/unknown", Title: "a namespace that is probably misspelt",
			Text:    "A namespace that only apps or charts name is made for them, so a misspelt one would be made too. Two cases are refused: a grant or boundary in a namespace that nothing else names, and an app or chart alone in a namespace that is a letter away from another. If it is meant, declare it.",
			Example: "namespace: \"photo\"    // \"photos\", or namespaces: photo: {}",
		},
		{
			Code: "namespace/security", Title: "a workload needs more than its namespace allows",
			Text:    "namespaces.<name>.security is the Pod Security level that the API server enforces there (kubernetes.io/docs/concepts/security/pod-security-standards). It would refuse these pods. Without a level there, the strictest one that all apps of the namespace meet is taken; move the app when it should not lower that of its neighbours. The labels behind it are not for writing by hand: nothing would check the apps against them.",
			Example: "namespaces: downloads: security: \"baseline\"\napps: sonarr: {namespace: \"downloads\", hostNetwork: \"…\"}    // security: \"privileged\"",
		},
		{
			Code: "render/twice", Title: "two declarations make one object",
			Text:    "Objects are named after their app, workload, volume or exposure, and two of these make the same kind, namespace and name. Flux would apply one over the other. Rename one; a raw object can have any name.",
			Example: "apps: a: workloads: \"b-c\": {…}\napps: \"a-b\": workloads: c: {…}    // both make a-b-c",
		},
	}
}
