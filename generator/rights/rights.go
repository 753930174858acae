// Package rights knows rights on the Kubernetes API as they are written in CUE, and which
// of them give more than they name. Grants that are declared and bindings that are read
// from finished objects are compared with it.
package rights

import (
	"slices"
	"strings"
)

// coreResources are those of the core group that have subresources: the part
// before the slash is then no group.
var coreResources = []string{"namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "replicationcontrollers", "resourcequotas", "serviceaccounts", "services"}

// Resource reads a resource as a grant writes it: "pods", "pods/log", "apps/deployments"
// or "apps/deployments/scale".
func Resource(written string) (group, resource string) {
	if before, after, nested := strings.Cut(written, "/"); nested && !slices.Contains(coreResources, before) {
		return before, after
	}
	return "", written
}

// Written is the resource as a grant writes it.
func Written(group, resource string) string { return strings.TrimPrefix(group+"/"+resource, "/") }

// EscapeVerbs are verbs that give more rights than they name, each with its why.
func EscapeVerbs() map[string]string {
	return map[string]string{
		"escalate":    "with it a Role can be given any right",
		"bind":        "with it any Role can be given to anybody",
		"impersonate": "with it requests are made in another's name",
	}
}
