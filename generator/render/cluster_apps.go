package render

// resolvedApps are the apps that are on, by name.
type resolvedApps struct {
	apps []*app
}

// app is one app, as its objects are made from it.
type app struct {
	name    string
	unit    unit
	lazy    bool // it has claims that nothing consumes yet
	secrets []*secret
	objects []rawObject
}

func (c *cluster) appPieces() []piece {
	var out []piece
	for _, a := range c.apps {
		out = append(out, piece{"app", a.unit.Origin, func() []made { return appObjects(c, a) }})
	}
	return out
}
