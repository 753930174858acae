package generator

import (
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/finish"
	"stillsuit.dev/generator/internal/render"
	"stillsuit.dev/generator/internal/render/flux"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// objects are those of one cluster, finished, with the pieces made in the order that
// arrange puts them. What is wrong is in the findings; the set then lacks what could not
// be made. The error says which file is there and cannot be read.
func objects(d *model.Desired, in scope.Inputs, arrange func([]render.Piece)) (*manifest.Set, []finding.Finding, error) {
	if in.Lock == nil {
		in.Lock = &lock.Lock{}
	}
	s := scope.New(d, in)
	c := resolve.Resolve(s)
	pieces := render.Pieces(c)
	arrange(pieces)
	var all [][]object.Made
	for _, p := range pieces {
		s.Guarded(p.What, p.At, func() { all = append(all, p.Make()) })
	}
	set := finish.Finish(&s.Reporter, c, slices.Concat(all...), flux.Bootstrap(c))
	if d.Cluster.Flux.Operator != nil {
		instance, err := flux.Instance(c, set.Bootstrap)
		if err != nil {
			return nil, nil, err
		}
		set.Instance, set.Bootstrap = instance, nil
	}
	return set, finding.Sort(s.Findings), s.Err
}
