package gate

import (
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/generator/model"
)

// suppressions compares the findings that are accepted: each must be covered by one of the base.
func (c facts) suppressions() {
	for _, name := range slices.Sorted(maps.Keys(c.head.Suppressions)) {
		s := c.head.Suppressions[name]
		about := func(b *model.Suppression) bool {
			return b.Code == s.Code && within(b.App, s.App) && within(b.Kind, s.Kind) && within(b.Namespace, s.Namespace) && within(b.Name, s.Name) && within(b.Node, s.Node)
		}
		covered := false
		for _, b := range c.base.Suppressions {
			covered = covered || about(b) && b.Until >= s.Until
		}
		if covered {
			continue
		}
		at := fact("suppress", name)
		switch b, known := c.base.Suppressions[name]; {
		case !known:
			c.added(at, fmt.Sprintf("suppression %s accepts findings of %s", name, s.Code), "they are reported")
		case about(b):
			c.same(fact("suppress", name, "until"), fmt.Sprintf("suppression %s holds until %s", name, s.Until), "it ends on "+b.Until)
		default:
			c.same(at, fmt.Sprintf("suppression %s accepts more findings of %s", name, s.Code), "it is about less, or about another code")
		}
	}
}
