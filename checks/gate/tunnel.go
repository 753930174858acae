package gate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// tunnels compares what leads in from the internet.
func (c facts) tunnels() {
	base, head := c.base.Cluster, c.head.Cluster
	var known []string
	for _, t := range base.Tunnels {
		known = append(known, t.Domains...)
	}
	for _, name := range slices.Sorted(maps.Keys(head.Tunnels)) {
		for i, domain := range head.Tunnels[name].Domains {
			if !hasDomain(known, domain) {
				c.weaker(fact("tunnels", name, "domains", strconv.Itoa(i)), fact("tunnels", name, "domains"), fmt.Sprintf("tunnel %s leads from %s to apps here", name, domain), "it does not")
			}
		}
		if was, both := base.Tunnels[name]; both && was.App != head.Tunnels[name].App {
			c.same(fact("tunnels", name, "app"), fmt.Sprintf("tunnel %s is held open by %s", name, head.Tunnels[name].App), "it is "+was.App)
		}
	}
}
