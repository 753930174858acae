package policies

import "stillsuit.dev/finding"

// codes documents the findings of this check.
func codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "admission/denied", Title: "a policy refuses an object",
			Text:    "The cluster's policies are asked here as Kyverno asks them when Flux applies the object: a policy that denies keeps it out and is an error, one that audits reports it and is a warning. The message is the policy's own. Where the policy is about one container, the finding is on that container's line.",
			Example: "containers: main: limits: memory: \"128Mi\"    // which the policy misses",
		},
		{
			Code: "admission/could-not-evaluate", Title: "a policy gives no verdict",
			Text:    "An expression of the policy erred on this object: most often it reads a field that is not there. In the cluster a policy that denies refuses such a request, also with failurePolicy: Ignore, which is about a Kyverno that cannot be reached, and about conditions (kyverno v1.19.1, pkg/webhooks/resource/vpol). A field that the API server fills in is there in the cluster and not here: the policy has to allow for both.",
			Example: "expression: object.spec.?replicas.orValue(1) <= 3    // instead of object.spec.replicas <= 3",
		},
		{
			Code: "admission/relies-on-default", Title: "a policy reads what only the API server fills in",
			Text:    "The API server gives an object the defaults of its kind before policies see it; what Flux reads, and this check, has them only where somebody wrote them. A policy that reads such a field, or asks whether it is there, can judge the same object differently in the two places. Read it with .?field.orValue(default), with the API server's own default.",
			Example: "expression: object.spec.?replicas.orValue(1) <= 3",
		},
		{
			Code: "admission/outside-call", Title: "a policy asks what is not in the tree",
			Text:    "A check reads the tree and nothing else: no web server (http), no registry (image.GetMetadata), nothing that Kyverno keeps in the cluster (globalContext), no API server (resource.Post), no clock and no chance. resource.List and resource.Get are answered from the tree. Such a policy is not asked at all, and so is none of its verdicts a pass. One that is meant for the cluster alone says so with the annotation policies.stillsuit.dev/where: cluster.",
			Example: "metadata: annotations: policies.stillsuit.dev/where: cluster",
		},
		{
			Code: "admission/not-asked", Title: "policies that nothing was held against",
			Text:    "Some policies of the library go by what is true of one cluster: its domains, registries or storage classes. A cluster's CUE says that; a directory that no CUE produced does not, and a made-up value would give made-up verdicts. So these policies are not asked, and none of their verdicts is a pass. --param gives the lists by hand. docs/policies.md says which policy goes by what.\n\nPolicies of other kinds that a tree holds are not asked either: Kyverno's older ClusterPolicy, those that change objects or verify images, and the API server's own. What they refuse is not found here.",
			Example: "stillsuit check clusters/home --policies baseline --param domains=home.example --param storageClasses=local-path,nfs",
		},
		{
			Code: "admission/about-nothing", Title: "a policy about a resource that is not there",
			Text:    "Policies name what they are about as the API server does: resources, in lower case and in the plural, with their group. Of a name that is none, nothing is ever asked, here or in the cluster, and everything passes.",
			Example: "resourceRules: [{apiGroups: [apps], apiVersions: [v1], operations: [CREATE], resources: [deployments]}]    # not Deployment",
		},
		{
			Code: "admission/policy-broken", Title: "a policy that cannot be asked",
			Text:    "It does not compile, or lacks what makes it a policy. Kyverno would not take it either, and then nothing is held against it in the cluster.",
			Example: "expression: object.spec.replicas <= 3    // an expression gives true or false",
		},
		{
			Code: "admission/policy-name", Title: "a policy with the name of one of the library",
			Text:    "Findings, exceptions and cluster.policies.off mean a policy by its name. One of the tree's own with the name of a policy that the cluster chose would take its place, and what that one refuses would pass. So it is not asked.",
			Example: "cluster: policies: off: \"image-digests\": \"ours asks for signatures too\"    // or another name for ours",
		},
		{
			Code: "admission/exception", Title: "an exception that excuses nothing",
			Text:    "It cannot be read, or names a policy that is not there. What it was meant for is refused. Exceptions stand in cluster.policies.exceptions, each with a reason and a last day, or are PolicyExceptions of the tree.",
			Example: "exceptions: builder: {policy: \"image-tags\", app: \"builder\", reason: \"it has no other tag\", until: \"2027-01-31\"}",
		},
		{
			Code: "admission/exception-unused", Title: "an exception that is not needed",
			Text:    "What it was declared for is mended: the app passes the policy without it. As long as it stands it hides the next thing of that app that the policy would refuse. This is told of apps alone, since a chart or a namespace may hold more in the cluster than is rendered.",
			Example: "exceptions: builder: {policy: \"image-tags\", app: \"builder\", …}    // remove it: the image has a version now",
		},
		{
			Code: "admission/exception-expired", Title: "an exception whose time is over",
			Text:    "Exceptions end, so that they are thought about again. Mend what it was about and remove it, or decide once more and give it a later day.",
			Example: "exceptions: builder: until: \"2027-01-31\"    // a day to come",
		},
	}
}
