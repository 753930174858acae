package render

// cluster is what is decided of a cluster.
type cluster struct {
	connected
	releases []string // namespaces with HelmReleases, sorted
}

// releases are the namespaces with HelmReleases, sorted.
func (r *renderer) releases() []string {
	in := map[string]bool{}
	for id := range r.byID {
		if id.Group == kindRelease.Group && id.Kind == kindRelease.Kind {
			in[id.Namespace] = true
		}
	}
	return sorted(in)
}

// connected decides
func (r *renderer) connected(exposed exposed, monitors []*monitor) connected {
	n := network{r.scope}
	f := facts{n, r.secretOf}
	out := connected{exposed: exposed, monitors: monitors, offered: f.offered()}
	r.classUnits = map[string]string{}
	for _, x := range out.classes {
		r.classUnits[x.name] = x.unit.Name
	}
	solvers := f.answer(exposed.solvers)
	r.workspaceIngress()
	out.networkPolicies = n.networkPolicies(solvers)
	return out
}
