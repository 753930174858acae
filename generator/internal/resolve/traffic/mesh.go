package traffic

import (
	"slices"

	"stillsuit.dev/generator/model"
)

// mesh serves hosts in a private network.
func (x *exposure) mesh() {
	mesh, ok := declared(x, x.Desired.Cluster.Meshes, x.Declared.Mesh, "is in mesh", "cluster.meshes", "mesh")
	if !ok {
		return
	}
	to, ok := x.target()
	if !ok {
		return
	}
	out := x.route(to, mesh.Class, model.Peer{Namespace: mesh.Namespace, Pods: mesh.Pods})
	if mesh.Domain != "" {
		x.serve(out, x.hosts(mesh.Domain))
	} else { // the mesh makes the full name from the first one
		out.Short = slices.Concat(x.Declared.Hosts, nonEmpty(x.Declared.Host))
		for _, host := range out.Short {
			x.once("host " + host + " in mesh " + x.Declared.Mesh)
		}
	}
	x.lead(out)
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
