package gate

import "stillsuit.dev/finding"

// boundaries compares the namespaces in which accounts may have rights at all.
func (c *comparison) boundaries() {
	compare := func(at []string, who string, is, was []string) {
		switch more := without(is, was); {
		case len(was) == 0:
		case len(is) == 0:
			c.same(path(at...), who+" has no boundary", "it has rights in "+finding.All(was)+" only")
		case len(more) > 0:
			c.same(path(at...), who+" may have rights in "+finding.All(more), "its boundary is "+finding.All(was))
		}
	}
	for name, app := range c.head.Apps {
		if was := c.base.Apps[name]; was != nil {
			compare([]string{"apps", name, "boundary"}, "app "+name, app.Boundary, was.Boundary)
		}
	}
	for name, entry := range c.head.RBAC {
		if was := c.base.RBAC[name]; was != nil {
			compare([]string{"rbac", name, "boundary"}, name, entry.Boundary, was.Boundary)
		}
	}
}
