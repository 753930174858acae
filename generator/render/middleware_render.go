package render

// traefikMiddlewares are the Middlewares that are written here.
func traefikMiddlewares(c *cluster) []made {
	var out []made
	for _, x := range c.middlewares {
		out = append(out, ofCustom(x.unit, kindMiddleware, factMeta(x.namespace, x.name), x.spec, x.at))
	}
	return out
}
