// Package flux reads trees that no CUE produced: directories of plain YAML and
// Kustomize trees, built as Flux builds them. It reads through the root that it is
// given and nothing else, fetches nothing and runs nothing, and refuses what would,
// before kustomize sees it. What it refuses or does not understand is a finding.
package flux
