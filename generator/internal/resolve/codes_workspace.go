package resolve

import "stillsuit.dev/finding"

// workspaceCodes are about namespaces that somebody fills from outside Flux.
func workspaceCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "namespace/workspace", Title: "a workspace that does not hold those who fill it",
			Text:    "What somebody deploys into a workspace is not in the tree, so only its quota says how much memory it may take from the cluster. Its Pod Security level is restricted: with another, a pod could reach its node. Its rules are ValidatingAdmissionPolicies, which the cluster's Kubernetes must have (1.30). And it is a namespace of its own, not one of the cluster itself.",
			Example: "namespaces: sandbox: {workspace: \"the agent deploys here\", quota: memory: \"4Gi\"}",
		},
		{
			Code: "namespace/workspace-app", Title: "an app of ours in a workspace",
			Text:    "An app may live in a workspace: only Flux changes it there, and no other pod may carry its labels. The quota allows no load balancers, no priority classes and no GPUs, so the app can have neither an address nor an importance nor a GPU.",
			Example: "apps: site: {namespace: \"sandbox\", importance: \"high\"}    // another namespace",
		},
		{
			Code: "namespace/outside", Title: "a namespace that something else makes",
			Text:    "With outside, something other than stillsuit makes a namespace and runs pods in it. Nothing of the namespace is rendered, so it has no labels, quota, limit range, claims or workspace here; its field security is the level that it has already. isolate is for such a namespace alone: it denies all traffic of the others' pods too. A namespace that stillsuit makes always does, and one of the system never.",
			Example: "namespaces: media: {outside: \"the old repository makes it\", quota: memory: \"4Gi\"}    // no quota",
		},
		{
			Code: "namespace/hosts", Title: "a host that a workspace cannot be given",
			Text:    "namespaces.<name>.hosts are names that Ingresses of a workspace may use: a host, or *. and a host for all names one label below it. Each belongs to one workspace.",
			Example: "namespaces: sandbox: hosts: [\"*.sand_box.lan\"]    // \"*.sandbox.lan\"",
		},
		{
			Code: "expose/workspace", Title: "an app's host that a workspace may take",
			Text:    "Ingresses of a workspace may use its hosts, also one that an app elsewhere has: the ingress controller would then send requests to either of the two. Give the app another host, or the workspace fewer.",
			Example: "namespaces: sandbox: hosts: [\"*.home.lan\"]    // \"*.sandbox.home.lan\"\napps: photos: {namespace: \"photos\", expose: web: host: \"photos.home.lan\"}",
		},
	}
}
