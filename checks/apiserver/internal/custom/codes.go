package custom

import "stillsuit.dev/finding"

// Codes documents the findings about custom resources alone.
func Codes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: CodeVersion, Title: "a version of a custom resource that its definition does not serve",
			Text:    "The CustomResourceDefinition of the kind is known, and it has no such version, or has it with served: false. The API server does not know the object then, and Flux applies nothing of its unit. Fields may have other names in another version: look at the release notes of the project before you change it.",
			Example: "apiVersion: cert-manager.io/v1alpha2    // cert-manager.io/v1",
		},
		{
			Code: CodeNotChecked, Title: "a rule of a CustomResourceDefinition that was not evaluated",
			Text:    "A rule in CEL (x-kubernetes-validations) looks at a value that is not known here: one that Flux substitutes, or that SOPS encrypts. Or the rules take longer than a few seconds for one object, or half a minute for all. The API server evaluates them when the object is applied.",
			Example: "spec: {size: \"${SIZE}\"}    // spec: {size: 3}",
		},
	}
}
