package versions

import "stillsuit.dev/finding"

// The codes of this package.
const (
	CodeRemoved    finding.Code = "apiserver/removed-version"
	CodeDeprecated finding.Code = "apiserver/deprecated-version"
	CodeOff        finding.Code = "apiserver/version-off"
	CodeKind       finding.Code = "apiserver/unknown-kind"
	CodeNewer      finding.Code = "apiserver/newer-version"
)

// Codes documents them.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: CodeRemoved, Title: "an API version that the cluster's Kubernetes no longer serves",
			Text:    "Kubernetes removes old versions of its kinds. The API server refuses an object in a version that it does not serve any more, and Flux then applies nothing of its unit. The finding names the version to write instead, and the fields that changed. For a cluster, cluster.kubernetes.version decides; `stillsuit check --kubernetes 1.36` checks against another version before an upgrade. For a directory whose version is not known, what newer releases removed is a warning. Flux's own kinds are compared with Flux 2.9.",
			Example: "apiVersion: networking.k8s.io/v1beta1    # networking.k8s.io/v1\nkind: Ingress",
		},
		{
			Code: CodeDeprecated, Title: "an API version that a later Kubernetes removes",
			Text:    "The API server still serves this version of the kind and warns about it; the release that the finding names removes it. Write the newer version before the upgrade to that release.",
			Example: "apiVersion: flowcontrol.apiserver.k8s.io/v1beta3    # flowcontrol.apiserver.k8s.io/v1\nkind: FlowSchema",
		},
		{
			Code: CodeOff, Title: "an API version that API servers do not serve unless told to",
			Text:    "Alpha versions, and beta versions that came with Kubernetes 1.24 or later, are off by default. The API server refuses objects of them unless its flag --runtime-config turns the version on, and often a feature gate too. Nothing in a repository says whether it does, so this is a warning: suppress it where it is on.",
			Example: "apiVersion: resource.k8s.io/v1beta1    # resource.k8s.io/v1, from Kubernetes 1.34 on\nkind: ResourceClaim",
		},
		{
			Code: CodeKind, Title: "a kind that the API server does not have",
			Text:    "The kind, its group or its version is misspelt, belongs to another group, comes with a later Kubernetes, or is one of which the API server keeps no objects. It refuses the object, and Flux then applies nothing of its unit. Groups that are not Kubernetes' own are left alone: a CustomResourceDefinition may define them.",
			Example: "apiVersion: v1    # apps/v1\nkind: Deployment",
		},
		{
			Code: CodeNewer, Title: "a Kubernetes version that is newer than this stillsuit",
			Text:    "stillsuit knows the API of Kubernetes up to the version that the finding names. The objects were checked against that one; what a later release adds or removes is not known. Use a newer stillsuit.",
			Example: "cluster: kubernetes: version: \"1.99\"",
		},
	}
}
