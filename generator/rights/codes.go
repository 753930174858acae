package rights

import "stillsuit.dev/finding"

// The codes of what is wrong with a right wherever it is written: in a grant, or in an
// object that somebody with a boundary is given rights by.
const (
	CodeUnknownRole = "rbac/unknown-role"
	CodeEscalation  = "rbac/escalation"
	CodeWildcard    = "rbac/wildcard"
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
			Example: "boundary: [\"sandbox\"]\ngrants: deploy: {in: \"sandbox\", allow: rolebindings: [\"create\"]}    // take it out",
		},
		{
			Code: CodeWildcard, Title: "a grant on all resources of a group",
			Text:    "A wildcard covers resources that are added later, so the grant would widen by itself. Write out the resources that are used.",
			Example: "allow: \"apps/*\": [\"get\"]    // \"apps/deployments\": [\"get\"]",
		},
	}
}
