package render

import (
	"slices"

	"stillsuit.dev/generator/model"
)

// cluster is what the declarations of a cluster come to, all of it: the objects are made
// from it. It does not change any more.
type cluster struct {
	declared *model.Desired
	resolvedApps
	resolvedTraffic
	resolvedRest
}

// piece is what is made of one entry.
type piece struct {
	what string     // as a sentence calls it: "app"
	at   model.Path // of the entry
	make func() []made
}

// pieces are all that a cluster is made of. The order in which they are made is all the
// same.
func (c *cluster) pieces() []piece {
	return slices.Concat(c.appPieces(), c.trafficPieces(), c.restPieces())
}

// lazy reports whether a unit has claims that nothing consumes yet.
func (c *cluster) lazy(unit string) bool {
	for _, a := range c.apps {
		if a.unit.Name == unit && a.lazy() {
			return true
		}
	}
	return unit == unitNamespaces && c.lazyNamespaces
}
