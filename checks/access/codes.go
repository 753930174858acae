package access

import "stillsuit.dev/finding"

// codes documents the findings of this check, but for those that are of grants too.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "rbac/boundary", Title: "a grant outside of the boundary",
			Text:    "boundary lists the only namespaces in which somebody may have rights, so that a new grant cannot widen their reach unnoticed. It holds whoever gives the rights: the app, an entry of rbac or a raw object, also to a group that the API server puts them into.",
			Example: "boundary: [\"sandbox\"]\ngrants: deploy: {in: \"home\", …}    // \"sandbox\"",
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
	}
}
