package render

// resolvedTraffic is what leads into, out of and through the cluster, and its facts.
type resolvedTraffic struct{}

func (c *cluster) trafficPieces() []piece { return nil }
