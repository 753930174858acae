package resolve

import "stillsuit.dev/finding"

// policyCodes are about the policies that the cluster holds itself to.
func policyCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "policies/choice", Title: "a cluster chooses policies that are not there",
			Text:    "cluster.policies names a set that no policy of the library is in, or turns off a policy that it does not have, or chooses no set and yet says what becomes of what is refused. The policies that were meant do not hold, or hold all the same.",
			Example: "cluster: policies: {sets: [\"baseline\"], off: {\"node-ports\": \"the lab publishes some\"}}",
		},
		{
			Code: "policies/parameter", Title: "a value for a parameter that is not there",
			Text:    "Policies have parameters: the domains, registries or storage classes that they go by. Most get their values from the cluster's own facts. cluster.policies.params gives one another list, by its name, for all policies that have it. Parameters that are a list for each account or namespace are made of what is declared there, and take none. docs/policies.md lists them.",
			Example: "cluster: policies: {sets: [\"homelab\"], params: requiredLabels: [\"app.kubernetes.io/name\", \"team\"]}",
		},
		{
			Code: "policies/native", Title: "policies that the API server cannot ask, or that Kyverno asks beside it",
			Text:    "With pods: \"none\" the API server itself asks the policies that a cluster chose, as ValidatingAdmissionPolicies, so that no pods of Kyverno are needed. Kubernetes has these from 1.30 on. Nothing else asks then: a chart that brings Kyverno takes memory beside it, and a policy of Kyverno's own kind is asked by nobody without such a chart. What Kyverno's absence should mean needs not be said. Each exception is a condition of the policy that it is about, of which there may be 64.",
			Example: "cluster: policies: {sets: [\"baseline\"], action: \"Deny\", pods: \"none\"}    // and no chart kyverno",
		},
		{
			Code: "policies/exception", Title: "an exception that excuses nothing, or for ever",
			Text:    "An exception names one policy, the app or namespace that it does not hold for, why, and the last day. What it was meant for is refused otherwise. It becomes a PolicyException of Kyverno, which ends on that day, or without Kyverno a condition, under which nothing is let off that is created later; the check says so from then on.",
			Example: "exceptions: builder: {policy: \"image-tags\", app: \"builder\", reason: \"it has no other tag\", until: \"2027-01-31\"}",
		},
		{
			Code: "policies/exceptions-off", Title: "a Kyverno that takes no exceptions",
			Text:    "Kyverno looks at PolicyExceptions only where its chart is told to, and by default nowhere. Exceptions are rendered into the namespace of the chart: whoever may write there may excuse anything, so it should be no other's.",
			Example: "charts: kyverno: {from: \"kyverno\", namespace: \"policies\", values: features: policyExceptions: namespace: \"policies\"}",
		},
	}
}
