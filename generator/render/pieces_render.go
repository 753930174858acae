package render

import (
	"slices"

	"stillsuit.dev/generator/model"
)

// piece is what is made of one entry.
type piece struct {
	what string     // as a sentence calls it: "app"
	at   model.Path // of the entry
	make func() []made
}

// pieces are all that a cluster is made of. The order in which they are made is all the
// same.
func pieces(c *cluster) []piece {
	return slices.Concat(appPieces(c), trafficPieces(c), restPieces(c))
}
