package model

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
)

// CodeRegistry is that of an image, or a chart, from a registry that the cluster does not
// allow: see Cluster.WrongRegistry. What is made of it lacks nothing.
const CodeRegistry finding.Code = "images/registry-not-allowed"

// WrongRegistry is the error, without a place, about an image or chart from a registry
// that cluster.registries does not list; false when it is allowed.
func (c *Cluster) WrongRegistry(of image.Reference) (finding.Finding, bool) {
	if of.From(c.Registries) {
		return finding.Finding{}, false
	}
	return finding.Finding{
		Code: CodeRegistry, Severity: finding.Error, Problem: fmt.Sprintf("%s comes from %s", of.Written, of.Registry()),
		Detail: "cluster.registries allows only " + finding.All(slices.Compact(slices.Sorted(slices.Values(c.Registries)))),
		Fix:    finding.DidYouMean(of.Registry(), c.Registries, "add it there, or take it from one of them"),
	}, true
}
