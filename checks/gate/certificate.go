package gate

import (
	"maps"
	"slices"
	"strconv"
)

// certificates compares the names that authorities sign for.
func (c facts) certificates() {
	base, head := c.base.Cluster, c.head.Cluster
	for _, name := range slices.Sorted(maps.Keys(head.Certificates)) {
		for i, domain := range head.Certificates[name].Domains {
			if !hasDomain(homes(base), domain) {
				c.weaker(fact("certificates", name, "domains", strconv.Itoa(i)), fact("certificates", name, "domains"), "hosts may end in "+domain, "they may not")
			}
		}
	}
}
