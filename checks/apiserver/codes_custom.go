package apiserver

import (
	"stillsuit.dev/checks/apiserver/internal/custom"
	"stillsuit.dev/finding"
)

// customCodes documents the findings about custom resources alone.
func customCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: custom.CodeVersion, Title: "a version of a custom resource that its definition does not serve",
			Text:    "The CustomResourceDefinition of the kind is known, and it has no such version, or has it with served: false. The API server does not know the object then, and Flux applies nothing of its unit. Fields may have other names in another version: look at the release notes of the project before you change it.",
			Example: "apiVersion: cert-manager.io/v1alpha2    // cert-manager.io/v1",
		},
		{
			Code: CodeNoSchema, Title: "custom resources that were not checked, for want of their definitions",
			Text:    "The API server checks a custom resource by the CustomResourceDefinition of its kind. Definitions among the objects are used, and those in flux-system/CLUSTER/flux-system/gotk-components.yaml. Those that a chart or an operator installs are in neither: write them into a file with `kubectl get crds -o json > crds.json`, and add `--crds crds.json`. A definition that the API server refuses, or whose schema cannot be read, is not used either; the note says which kinds and how many objects that is about.",
			Example: "stillsuit check home    // stillsuit check home --crds crds.json",
		},
		{
			Code: custom.CodeNotChecked, Title: "a rule of a CustomResourceDefinition that was not evaluated",
			Text:    "A rule in CEL (x-kubernetes-validations) looks at a value that is not known here: one that Flux substitutes, or that SOPS encrypts. Or the rules take longer than a few seconds for one object, or half a minute for all. The API server evaluates them when the object is applied.",
			Example: "spec: {size: \"${SIZE}\"}    // spec: {size: 3}",
		},
	}
}
