package generator

import (
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/render"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// ObjectsIn are the objects of a cluster, with the pieces made in the order in which
// shuffle puts them.
func ObjectsIn(d *model.Desired, in scope.Inputs, shuffle func(n int, swap func(i, j int))) (*manifest.Set, []finding.Finding, error) {
	return objects(d, in, func(pieces []render.Piece) {
		shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
	})
}
