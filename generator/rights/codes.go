package rights

import "stillsuit.dev/finding"

// The codes of what is wrong with a right wherever it is written: in a grant, or in an
// object that somebody with a boundary is given rights by.
const (
	CodeUnknownRole = "rbac/unknown-role"
	CodeEscalation  = "rbac/escalation"
	CodeWildcard    = "rbac/wildcard"
	CodeResource    = "rbac/unknown-resource"
	CodeVerb        = "rbac/unknown-verb"
)

// UnknownRole is the error, without a place, about a role that is not declared.
func UnknownRole(problem, detail, fix string) finding.Finding {
	return finding.Finding{Code: CodeUnknownRole, Severity: finding.Error, Problem: problem, Detail: detail, Fix: fix}
}

// Escalation is the error, without a place, about a right that gives more rights.
func Escalation(problem, detail, fix string) finding.Finding {
	return finding.Finding{Code: CodeEscalation, Severity: finding.Error, Problem: problem, Detail: detail, Fix: fix}
}

// Wildcard is the error, without a place, about a right on resources that nobody names.
func Wildcard(problem, detail, fix string) finding.Finding {
	return finding.Finding{Code: CodeWildcard, Severity: finding.Error, Problem: problem, Detail: detail, Fix: fix}
}

// UnknownResource is the finding, without a place, about a resource that no API has.
func UnknownResource(severity finding.Severity, problem, detail, fix string) finding.Finding {
	return finding.Finding{Code: CodeResource, Severity: severity, Problem: problem, Detail: detail, Fix: fix}
}

// UnknownVerb is the finding, without a place, about a verb that no API has.
func UnknownVerb(severity finding.Severity, problem, detail, fix string) finding.Finding {
	return finding.Finding{Code: CodeVerb, Severity: severity, Problem: problem, Detail: detail, Fix: fix}
}

// Codes documents them.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: CodeUnknownRole, Title: "a role that is not declared",
			Text:    "A grant names its role by its entry in rbac. Bindings that are raw objects may name any role, but when they are for somebody with a boundary, its rights must be in the tree to be judged: ClusterRoles that Kubernetes brings, such as edit and admin, hold rights that lead out of a boundary.",
			Example: "grants: deploy: {in: \"sandbox\", role: \"deploier\"}    // deployer",
		},
		{
			Code: CodeEscalation, Title: "a right with which somebody could take more rights",
			Text:    "With some rights a boundary can be left. The verbs escalate, bind and impersonate give rights beyond those that are written; nobody gets them. Whoever has a boundary gets no writing verb on roles and bindings, tokens of accounts, the namespace itself and its quotas, limit ranges and network policies, addresses behind Services, certificates and the API server's own rules, nor on kinds for which a controller acts with wider rights: Flux's, K3s's, Traefik's, cert-manager's, MetalLB's and Kyverno's. The finding says why for each.",
			Example: "boundary: [\"sandbox\"]\ngrants: deploy: {in: \"sandbox\", allow: \"rbac.authorization.k8s.io/rolebindings\": [\"create\"]}    // take it out",
		},
		{
			Code: CodeWildcard, Title: "a grant on all resources of a group",
			Text:    "A wildcard covers resources that are added later, so the grant would widen by itself. Write out the resources that are used.",
			Example: "allow: \"apps/*\": [\"get\"]    // \"apps/deployments\": [\"get\"]",
		},
		{
			Code: CodeResource, Title: "a right on a resource that no API has",
			Text:    "RBAC takes any word for a resource and an API group, and ignores those that mean nothing: the right is missing without an error. A grant writes a resource as the plural in lower case with its API group in front: pods, pods/log, apps/deployments, apps/deployments/scale. Names in Kubernetes' own groups are compared with what releases since 1.13 have, subresources too; those of other groups are left alone, unless a CustomResourceDefinition in the tree has nearly that name. In a grant this is an error. In a Role that is an object, also of a directory, it is a warning.",
			Example: "allow: {pod: [\"get\"], deployments: [\"get\"]}    // pods, \"apps/deployments\"",
		},
		{
			Code: CodeVerb, Title: "a verb that the Kubernetes API does not have",
			Text:    "RBAC takes any word and ignores those that mean nothing. A grant takes get, list, watch, create, update, patch, delete and deletecollection; the wildcard * is not taken, as it allows what is invented later too. In a Role that is an object, also of a directory, this is a warning, and special verbs such as use, bind, impersonate and approve pass, as do verbs on resources of other groups, whose servers may ask for them.",
			Example: "allow: pods: [\"read\"]    // [\"get\", \"list\", \"watch\"]",
		},
	}
}
