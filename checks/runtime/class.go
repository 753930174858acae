package runtime

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// bundledClasses are the RuntimeClasses that K3s makes for runtimes which it may find on a
// node (k3s-io/k3s at c77d0b8509ac, manifests/runtimes.yaml: all ten).
func bundledClasses() []string {
	return []string{"nvidia", "nvidia-experimental", "crun", "lunatic", "slight", "spin", "wws", "wasmtime", "wasmedge", "wasmer"}
}

// classesIn are the RuntimeClasses of the tree.
func classesIn(s *inventory.Subject) []string {
	var out []string
	for _, o := range s.Objects {
		if o.Group == "node.k8s.io" && o.Kind == "RuntimeClass" {
			out = append(out, o.Name)
		}
	}
	return out
}

// class notes a RuntimeClass that nothing is known to make. The API server refuses each pod
// whose class does not exist (k8s.io/kubernetes 1.36.3, plugin/pkg/admission/runtimeclass),
// and takes what makes the pods. A chart or a program on the nodes may make it.
func (c check) class(made []string) {
	name := c.pod.Spec.RuntimeClassName
	if name == nil || *name == "" || slices.Contains(made, *name) || slices.Contains(bundledClasses(), *name) {
		return
	}
	for _, n := range c.Nodes {
		if n.Node != nil && n.GPU != nil && n.GPU.RuntimeClass == *name {
			return // the user says that the node has it
		}
	}
	at := c.pod.Spot()
	at.Keys = append(slices.Clone(at.Keys), "runtimeClassName")
	at.Path = []string{"runtimeClass"}
	known := append(bundledClasses(), made...)
	c.Note(c.ByPatch(at), "runtime/class", fmt.Sprintf("nothing here makes the RuntimeClass %s, which %s runs in", *name, c.pod.DisplayName()),
		"the API server refuses pods of a class that does not exist; a chart or the node's own setup may make it", finding.DidYouMean(*name, known, "add the RuntimeClass, or see that something else makes it"))
}
