package render

// resolvedRest are charts, namespaces, access and policies.
type resolvedRest struct {
	lazyNamespaces bool // some namespace has claims that nothing consumes yet
}

func (c *cluster) restPieces() []piece { return nil }
