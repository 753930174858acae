package render

import "slices"

// resolvedApps are the apps that are on, by name.
type resolvedApps struct {
	apps []*app
}

// app is one app, as its objects are made from it.
type app struct {
	name      string
	unit      unit
	secrets   []*secret
	workloads []*resolvedWorkload
	objects   []rawObject
}

func (c *cluster) appPieces() []piece {
	var out []piece
	for _, a := range c.apps {
		out = append(out, piece{"app", a.unit.Origin, func() []made { return appObjects(c, a) }})
	}
	return out
}

// lazy reports whether the app has claims that nothing consumes yet.
func (a *app) lazy() bool {
	return slices.ContainsFunc(a.workloads, func(w *resolvedWorkload) bool { return w.volumes.lazy })
}
