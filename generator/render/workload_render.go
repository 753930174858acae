package render

import "slices"

func appPieces(c *cluster) []piece {
	var out []piece
	for _, name := range sorted(c.apps) {
		a := c.apps[name]
		out = append(out, piece{"app", a.unit.Origin, func() []made { return appObjects(c, a) }})
	}
	return out
}

// appObjects are those of one app.
func appObjects(c *cluster, a *app) []made {
	out := secretObjects(a.unit, a.secrets)
	for _, w := range a.workloads {
		out = append(out, controller(c, a.unit, w))
		out = slices.Concat(out, accountObject(a.unit, w), configMapOf(a.unit, w), ownClaims(a.unit, w), serviceOfWorkload(a.unit, w), disruption(a.unit, w))
	}
	return append(out, rawObjects(a.unit, a.objects)...)
}
