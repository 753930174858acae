package gate

// flux compares what the Flux Operator makes Flux follow, and where its images come from.
// Elsewhere flux bootstrap writes both.
func (c facts) flux() {
	is, was := c.head.Cluster.Flux, c.base.Cluster.Flux
	if is.Operator == nil {
		return
	}
	if was.Operator == nil {
		c.added(fact("flux", "operator"), "the Flux Operator installs Flux, which follows "+is.Follows(), "flux bootstrap says what it follows")
		return
	}
	if is.Follows() != was.Follows() {
		c.same(fact("flux"), "Flux follows "+is.Follows(), "it follows "+was.Follows())
	}
	if is.Operator.Registry != was.Operator.Registry {
		c.same(fact("flux", "operator", "registry"), "Flux's controllers come from "+is.Operator.Registry, "they come from "+was.Operator.Registry)
	}
}
