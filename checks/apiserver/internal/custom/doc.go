// Package custom checks custom resources as the API server does: by the
// CustomResourceDefinitions of their kinds. It decodes, prunes, applies defaults,
// validates by the structural schema, looks for duplicates in lists that are maps or sets,
// and evaluates the rules in CEL, with the packages of apiextensions-apiserver and in its
// order (k8s.io/apiextensions-apiserver, pkg/apiserver/customresource_handler.go and
// pkg/registry/customresource/strategy.go).
//
//	definitions := custom.New()
//	definitions.Add(object, "crds.yaml") // a CustomResourceDefinition
//	refusals := definitions.Check(ctx, resource)
//
// A kind without a definition is not checked; Knows says so.
package custom
