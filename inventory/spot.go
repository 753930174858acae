package inventory

import (
	"slices"

	"stillsuit.dev/generator/manifest"
)

// Spot is a value in an object or in a node, or with neither in the cluster's facts.
type Spot struct {
	// Object is the object that the value is in.
	Object *manifest.Object
	// Keys lead to the value in the object: spec, containers, 0, image.
	Keys []string
	// Path is the CUE path of what the value was made from, below the object's origin, the
	// node or the cluster: containers, main, image. Objects that stand in CUE as
	// they are, and those of no CUE, have none.
	Path []string
	// Node is the name of the node that the value is about.
	Node string
	// Policy is the name of the policy that the value is held against.
	Policy string
}

// Join is a spot further down, by keys that are the same in the object and in CUE.
func (s Spot) Join(keys ...string) Spot {
	s.Keys = append(slices.Clone(s.Keys), keys...)
	s.Path = append(slices.Clone(s.Path), keys...)
	return s
}
