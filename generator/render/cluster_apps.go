package render

// resolvedApps are the apps that are on, by name.
type resolvedApps struct {
	apps map[string]*app
}

// app is one app, as its objects are made from it.
type app struct {
	name      string
	unit      unit
	secrets   []*secret
	workloads []*resolvedWorkload
	objects   []rawObject
}
