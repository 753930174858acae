package gate

import (
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
)

// images compares what is said of images, which checks go by.
func (c facts) images() {
	base, head := c.base.Cluster, c.head.Cluster
	for _, name := range slices.Sorted(maps.Keys(base.Images)) {
		was := base.Images[name]
		if !slices.ContainsFunc(slices.Collect(maps.Values(head.Images)), func(is *model.ImageFact) bool { return sameFact(is, was) }) {
			c.same(fact("images", name), "what was known of "+was.Image+" is gone or another", "a check goes by it")
		}
	}
}

// sameFact compares what two facts say; their reasons are for people.
func sameFact(a, b *model.ImageFact) bool {
	x, y := *a, *b
	x.Reason, y.Reason = "", ""
	return x == y
}
