package facts

import (
	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve/facts"
)

// TraefikMiddlewares are the Middlewares that are written here.
func TraefikMiddlewares(middlewares []*facts.Middleware) []object.Made {
	var out []object.Made
	for _, x := range middlewares {
		out = append(out, object.OfCustom(x.Unit, kinds.Middleware, object.FactMeta(x.Namespace, x.Name), x.Spec, x.At))
	}
	return out
}
