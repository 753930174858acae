package render

import (
	"slices"

	"stillsuit.dev/generator/model"
)

// mesh serves hosts in a private network.
func (x *exposure) mesh() {
	mesh, ok := declared(x, x.d.Cluster.Meshes, x.Mesh, "is in mesh", "cluster.meshes", "mesh")
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
		out.short = slices.Concat(x.Hosts, nonEmpty(x.Host))
		for _, host := range out.short {
			x.once("host", host+" in mesh "+x.Mesh)
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
