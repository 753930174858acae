// Package library holds Kyverno policies for small clusters, a folder each:
// policy.yaml, what it lets pass (good.yaml) and what not (bad.yaml), and
// kyverno-test.yaml, by which the Kyverno CLI says the same. docs/policies.md lists
// them. Package fixture reads the folders.
//
// A policy is marked by annotations. policies.stillsuit.dev/where says where it is
// judged: in the cluster, in ci, where all that Git holds is in view, or in both, which
// promises the same verdict. policies.stillsuit.dev/sets names its sets, and
// policies.stillsuit.dev/params those of its variables that are parameters: CEL
// literals, which a cluster's own values replace. policies.stillsuit.dev/exempt names
// what of an app's exempt lets it off, by itself.
package library

import "embed"

// FS holds the policies, as NAME/policy.yaml.
//
//go:embed */policy.yaml
var FS embed.FS
