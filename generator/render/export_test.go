package render

import (
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// ClusterIn renders a cluster as Cluster does, and makes its pieces in the order in which
// shuffle puts them.
func ClusterIn(d *model.Desired, in Inputs, shuffle func(n int, swap func(i, j int))) (*manifest.Set, []finding.Finding, error) {
	return clusterOf(d, in, func(pieces []piece) {
		shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	})
}
