package traffic

import (
	"stillsuit.dev/generator/model"
)

// mesh serves hosts in a private network.
func (x *exposure) mesh() {
	mesh, ok := declared(x, x.Desired.Cluster.Meshes, x.Declared.Mesh, "is in mesh", "cluster.meshes", "mesh")
	if !ok {
		return
	}
	to, ok := x.target()
	if !ok || !x.speaks(mesh.Class) {
		return
	}
	out := x.route(to, mesh.Class, model.Peer{Namespace: mesh.Namespace, Pods: mesh.Pods})
	if !x.front(out) {
		return
	}
	if mesh.Domain != "" {
		x.serve(out, x.hosts(mesh.Domain))
	} else { // the mesh makes the full name from the first one
		out.Short = x.names()
		for _, host := range out.Short {
			x.once("host " + host + " in mesh " + x.Declared.Mesh)
		}
	}
	x.lead(out)
}
