package render

import "stillsuit.dev/finding"

// rbacCodes are about rights on the Kubernetes API.
func rbacCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "rbac/form", Title: "an entry or grant that is two things, or none",
			Text:    "An entry of rbac is a role (allow), or somebody: a user, a group or an account, written namespace/name. A grant gives rights by allow or by the name of a role. Names that begin with system: stand for everybody or for parts of Kubernetes, and the account called default is that of every pod that names none, so neither can be given anything here.",
			Example: "rbac: reader: {user: \"me\", allow: pods: [\"get\"]}\n// rbac: reader: allow: pods: [\"get\"]\n// rbac: me: {user: \"me\", grants: home: {in: \"home\", role: \"reader\"}}",
		},
		{
			Code: "rbac/boundary", Title: "a grant outside of the boundary",
			Text:    "boundary lists the only namespaces in which somebody may have rights, so that a new grant cannot widen their reach unnoticed. It holds whoever gives the rights: the app, an entry of rbac or a raw object, also to a group that the API server puts them into.",
			Example: "boundary: [\"sandbox\"]\ngrants: deploy: {in: \"home\", …}    // \"sandbox\"",
		},
		{
			Code: "rbac/system-namespace", Title: "a boundary that holds a namespace of the cluster itself",
			Text:    "kube-system and flux-system run programs that have every right on the cluster, and whoever can change something there has them too. The others that Kubernetes brings (default, kube-public, kube-node-lease) are rendered by nobody here, so they have neither network policy nor Pod Security level. A boundary around one of them bounds nothing.",
			Example: "boundary: [\"kube-system\"]    // take it out",
		},
		{
			Code: "rbac/unknown-role", Title: "a role that is not declared",
			Text:    "A grant names its role by its entry in rbac. Bindings that are raw objects may name any role, but when they are for somebody with a boundary, its rights must be in the tree to be judged: ClusterRoles that Kubernetes brings, such as edit and admin, hold rights that lead out of a boundary.",
			Example: "grants: deploy: {in: \"sandbox\", role: \"deploier\"}    // deployer",
		},
		{
			Code: "rbac/unused-role", Title: "a role that nobody is granted",
			Text:    "A role is rendered into the namespaces where it is granted. One that no grant names makes nothing.",
			Example: "rbac: deployer: allow: {…}    // grants: deploy: {in: \"sandbox\", role: \"deployer\"}",
		},
		{
			Code: "rbac/escalation", Title: "a right with which somebody could take more rights",
			Text:    "With some rights a boundary can be left. The verbs escalate, bind and impersonate give rights beyond those that are written; nobody gets them. Whoever has a boundary gets no writing verb on roles and bindings, tokens of accounts, the namespace itself and its quotas, limit ranges and network policies, addresses behind Services, certificates and the API server's own rules, nor on kinds for which a controller acts with wider rights: Flux's, K3s's, Traefik's, cert-manager's, MetalLB's and Kyverno's. The finding says why for each.",
			Example: "boundary: [\"sandbox\"]\ngrants: deploy: {in: \"sandbox\", allow: rolebindings: [\"create\"]}    // take it out",
		},
		{
			Code: "rbac/shared-namespace", Title: "a boundary that holds what another app lives by",
			Text:    "Whoever may create or change pods in a namespace, or what makes them (Deployments, Jobs …), chooses what runs there under any of its accounts and with any of its Secrets. So somebody with such rights and a boundary reaches all that those accounts may do. It is an error when one of them has rights elsewhere, and a warning when other apps keep Secrets there. Give whoever deploys a namespace of its own.",
			Example: "boundary: [\"home\"]    // in which another app's account lives; better a workspace: [\"sandbox\"]",
		},
		{
			Code: "rbac/no-workspace", Title: "somebody deploys into a namespace that is no workspace",
			Text:    "A program that may run pods in a namespace can fill the cluster and take any host, unless the namespace is a workspace: that has a quota, and rules about hosts and addresses.",
			Example: "rbac: agent: {account: \"tools/agent\", boundary: [\"sandbox\"], …}\nnamespaces: sandbox: {workspace: \"the agent deploys here\", quota: memory: \"4Gi\"}",
		},
		{
			Code: "rbac/unknown-verb", Title: "a verb that the Kubernetes API does not have",
			Text:    "RBAC takes any word and ignores those that mean nothing. The wildcard * is not taken, as it allows what is invented later too.",
			Example: "allow: pods: [\"*\"]    // [\"get\", \"list\", \"watch\"]",
		},
		{
			Code: "rbac/wildcard", Title: "a grant on all resources of a group",
			Text:    "A wildcard covers resources that are added later, so the grant would widen by itself. Write out the resources that are used.",
			Example: "allow: \"apps/*\": [\"get\"]    // \"apps/deployments\": [\"get\"]",
		},
	}
}
