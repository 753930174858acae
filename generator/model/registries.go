package model

import (
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// CodeRegistry is that of an image, or a chart, from a registry that the cluster does not
// allow: see Cluster.WrongRegistry. What is made of it lacks nothing.
const CodeRegistry finding.Code = "images/registry-not-allowed"

// WrongRegistry is the error, without a place, about an image or chart from a registry
// that cluster.registries does not list; false when it is allowed. image is a reference
// without digest: registry/path:tag.
func (c *Cluster) WrongRegistry(image string) (finding.Finding, bool) {
	if len(c.Registries) == 0 || slices.ContainsFunc(c.Registries, func(r string) bool {
		return strings.HasPrefix(image, strings.TrimSuffix(r, "/")+"/")
	}) {
		return finding.Finding{}, false
	}
	host, _, _ := strings.Cut(image, "/")
	return finding.Finding{
		Code: CodeRegistry, Severity: finding.Error, Problem: fmt.Sprintf("%s comes from %s", image, host),
		Detail: "cluster.registries allows only " + finding.All(slices.Compact(slices.Sorted(slices.Values(c.Registries)))),
		Fix:    finding.DidYouMean(host, c.Registries, "add it there, or take it from one of them"),
	}, true
}
