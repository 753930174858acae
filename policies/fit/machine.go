package fit

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

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

// evictionMemory is what a kubelet keeps free unless it is told otherwise
// (evictionHard memory.available<100Mi). K3s names other thresholds, which sets this
// one to zero (kubernetes.io, node-pressure-eviction; k3s pkg/daemons/agent).
const evictionMemory = 100 << 20

// podsPerNode is the kubelet's default of maxPods.
const podsPerNode = 110

// machines are the nodes of the subject that are not offline, by name.
func (a *analysis) machines() []*machine {
	var out []*machine
	for _, name := range a.subject.Names() {
		n := a.subject.Nodes[name]
		if n.Offline != "" {
			continue
		}
		m := &machine{Node: n, name: name, sees: n.Kubernetes}
		if a.subject.Cluster != nil {
			m.sees = n.Kubernetes.DeepCopy()
			m.sees.Status.Allocatable = a.allocatable(n)
		}
		capacity := m.sees.Status.Capacity[corev1.ResourceMemory]
		m.memory = capacity.Value()
		if taken := n.Reserved.Memory; taken != nil {
			m.memory -= taken.Value()
		} else if room := m.sees.Status.Allocatable[corev1.ResourceMemory]; room.Value() < m.memory {
			m.memory = room.Value() // the kubelet was told
		}
		if m.memory <= 0 {
			a.unknownNode(policies.Spot{Node: name, Labels: []string{"memory"}}, fmt.Sprintf("nothing tells the memory of node %s", name))
		}
		out = append(out, m)
	}
	return out
}

// allocatable is what the kubelet of a declared node offers.
func (a *analysis) allocatable(n *policies.Node) corev1.ResourceList {
	out := n.Kubernetes.Status.Capacity.DeepCopy()
	k := a.subject.Cluster.Kubernetes
	if k.Reserved {
		for name, q := range map[corev1.ResourceName]*resource.Quantity{corev1.ResourceMemory: n.Reserved.Memory, corev1.ResourceCPU: n.Reserved.CPU} {
			if have, known := out[name]; known && q != nil {
				have.Sub(*q)
				out[name] = have
			}
		}
	}
	if have, known := out[corev1.ResourceMemory]; known && k.Distribution != "k3s" && k.Distribution != "" {
		have.Sub(*resource.NewQuantity(evictionMemory, resource.BinarySI))
		out[corev1.ResourceMemory] = have
	}
	if _, said := out[corev1.ResourcePods]; !said {
		out[corev1.ResourcePods] = *resource.NewQuantity(podsPerNode, resource.DecimalSI)
	}
	if _, said := out[corev1.ResourceEphemeralStorage]; !said {
		var disk resource.Quantity
		for _, d := range n.Disks {
			if d.Images {
				disk.Add(d.Size)
			}
		}
		if disk.IsZero() { // not told, so nothing is refused for it
			disk = *resource.NewQuantity(1<<60, resource.BinarySI)
		}
		out[corev1.ResourceEphemeralStorage] = disk
	}
	return out
}
