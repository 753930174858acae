package render

// appObjects are those of one app.
func appObjects(_ *cluster, a *app) []made {
	out := secretObjects(a.unit, a.secrets)
	return append(out, rawObjects(a.unit, a.objects)...)
}
