package fit

import (
	"fmt"

	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/policies"
)

// machine is a node that takes part.
type machine struct {
	*policies.Node
	name string
	// sees is the node as kube-scheduler sees it.
	sees *corev1.Node
	// memory is what its pods can take: the capacity less what the system takes.
	memory int64
}

// machines are the nodes of the subject that are not offline, by name.
func (a *analysis) machines() []*machine {
	var out []*machine
	for _, name := range a.subject.Names() {
		n := a.subject.Nodes[name]
		if n.Offline != "" || slices.Contains(a.opts.Without, name) {
			continue
		}
		m := &machine{Node: n, name: name, sees: n.Kubernetes}
		capacity := m.sees.Status.Capacity[corev1.ResourceMemory]
		m.memory = capacity.Value()
		if taken := n.Reserved.Memory; taken != nil {
			m.memory -= taken.Value()
		} else if room := m.sees.Status.Allocatable[corev1.ResourceMemory]; room.Value() < m.memory {
			m.memory = room.Value() // the kubelet was told
		}
		var missing []string
		for _, has := range []corev1.ResourceName{corev1.ResourceMemory, corev1.ResourceCPU} {
			if q := m.sees.Status.Allocatable[has]; q.Sign() <= 0 {
				missing = append(missing, string(has))
			}
		}
		if len(missing) > 0 {
			a.unknownNode(policies.Spot{Node: name}, fmt.Sprintf("nothing tells the %s of node %s", all(missing), name))
		}
		out = append(out, m)
	}
	return out
}
