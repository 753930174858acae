package gate

import (
	"slices"
	"strconv"
	"strings"

	"stillsuit.dev/finding"
)

// registries compares where images may come from.
func (c facts) registries() {
	base, head := c.base.Cluster, c.head.Cluster
	if len(base.Registries) > 0 {
		if len(head.Registries) == 0 {
			c.same(fact("registries"), "images may come from any registry", "they come from "+finding.All(base.Registries))
		}
		for i, r := range head.Registries {
			if !slices.ContainsFunc(base.Registries, func(b string) bool { return below(strings.TrimSuffix(r, "/"), strings.TrimSuffix(b, "/"), "/") }) {
				c.weaker(fact("registries", strconv.Itoa(i)), fact("registries"), "images may come from "+r, "they may not")
			}
		}
	}
}

// below reports whether a name is another one, or lies below it.
func below(name, other, separator string) bool {
	return name == other || strings.HasPrefix(name, other+separator)
}
