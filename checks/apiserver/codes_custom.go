package apiserver

import (
	"stillsuit.dev/checks/apiserver/internal/custom"
	"stillsuit.dev/finding"
)

// customCodes documents the findings about custom resources alone.
func customCodes() []finding.CodeDoc {
	return append(custom.Codes(), []finding.CodeDoc{
		{
			Code: CodeNoSchema, Title: "custom resources that were not checked, for want of their definitions",
			Text:    "The API server checks a custom resource by the CustomResourceDefinition of its kind. Definitions among the objects are used, and those in flux-system/CLUSTER/flux-system/gotk-components.yaml. Those that a chart or an operator installs are in neither: write them into a file with `kubectl get crds -o json > crds.json`, and add `--crds crds.json`. A definition that the API server refuses, or whose schema cannot be read, is not used either; the note says which kinds and how many objects that is about.",
			Example: "stillsuit check home    // stillsuit check home --crds crds.json",
		},
	}...)
}
