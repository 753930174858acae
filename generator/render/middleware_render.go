package render

// traefikMiddlewares are the Middlewares that are written here.
func traefikMiddlewares(middlewares []*middleware) []made {
	var out []made
	for _, x := range middlewares {
		out = append(out, ofCustom(x.unit, kindMiddleware, factMeta(x.namespace, x.name), x.spec, x.at))
	}
	return out
}
