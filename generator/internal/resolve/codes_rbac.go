package resolve

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
			Code: "rbac/system-namespace", Title: "a boundary that holds a namespace of the cluster itself",
			Text:    "kube-system and flux-system run programs that have every right on the cluster, and whoever can change something there has them too. The others that Kubernetes brings (default, kube-public, kube-node-lease) are rendered by nobody here, so they have neither network policy nor Pod Security level. A boundary around one of them bounds nothing.",
			Example: "boundary: [\"kube-system\"]    // take it out",
		},
		{
			Code: "rbac/unused-role", Title: "a role that nobody is granted",
			Text:    "A role is rendered into the namespaces where it is granted. One that no grant names makes nothing.",
			Example: "rbac: deployer: allow: {…}    // grants: deploy: {in: \"sandbox\", role: \"deployer\"}",
		},
	}
}
