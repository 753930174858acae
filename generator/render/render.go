// Package render turns the model of one cluster into Kubernetes and Flux
// objects, as Go types, each with the CUE path that it came from. One file
// holds one concern.
package render

import (
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// Cluster renders everything of one cluster. What is wrong is in the findings;
// the set then lacks what could not be made. The error says which file is there
// and cannot be read.
func Cluster(d *model.Desired, in Inputs) (*manifest.Set, []finding.Finding, error) {
	if in.Lock == nil {
		in.Lock = &lock.Lock{}
	}
	return clusterOf(d, in, func([]piece) {})
}

// clusterOf renders a cluster, with the pieces in the order that arrange puts them.
func clusterOf(d *model.Desired, in Inputs, arrange func([]piece)) (*manifest.Set, []finding.Finding, error) {
	s := newScope(d, in)
	c := resolve(s)
	pieces := pieces(c)
	arrange(pieces)
	var all [][]made
	for _, p := range pieces {
		s.guarded(p.what, p.at, func() { all = append(all, p.make()) })
	}
	set := finish(&s.Reporter, c, slices.Concat(all...), bootstrap(c))
	return set, finding.Sort(s.Findings), s.err
}
