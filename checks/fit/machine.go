package fit

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
)

// machine is a node that takes part.
type machine struct {
	*inventory.Node
	name string
	// sees is the node as kube-scheduler sees it.
	sees *corev1.Node
	// memory is what its pods can take: the capacity less what the system takes.
	memory int64
}

// taints are the keys of the node's taints that keep pods off, each once.
func (m *machine) taints() []string {
	var out []string
	for _, t := range m.sees.Spec.Taints {
		if t.Effect != corev1.TaintEffectPreferNoSchedule {
			out = append(out, t.Key)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readMachines are the nodes of the subject that are not offline, by name. known says that
// what they have is known of each, those without aside: they are to be taken away.
func readMachines(pass *checks.Pass, without []string) (out []*machine, known bool) {
	known = true
	for _, name := range pass.NodeNames() {
		n := pass.Nodes[name]
		if n.Offline != "" {
			continue
		}
		known = known && (!refused(n) || slices.Contains(without, name))
		m := &machine{Node: n, name: name, sees: n.Kubernetes}
		capacity := m.sees.Status.Capacity[corev1.ResourceMemory]
		m.memory = quantities.Of(&capacity)
		if taken := n.Reserved.Memory; taken != nil {
			m.memory = max(m.memory-quantities.Of(taken), 0)
		} else if room := m.sees.Status.Allocatable[corev1.ResourceMemory]; quantities.Of(&room) < m.memory {
			m.memory = quantities.Of(&room) // the kubelet was told
		}
		var missing []string
		for _, has := range []corev1.ResourceName{corev1.ResourceMemory, corev1.ResourceCPU} {
			if q := m.sees.Status.Allocatable[has]; q.IsZero() {
				missing = append(missing, string(has))
			}
		}
		if len(missing) > 0 && !slices.Contains(without, name) {
			known = false
			tellUnknownNode(pass, inventory.Spot{Node: name}, fmt.Sprintf("the %s of node %s %s unknown", finding.All(missing), name, finding.Are(len(missing))))
		}
		out = append(out, m)
	}
	if !slices.ContainsFunc(out, func(m *machine) bool { return !slices.Contains(without, m.name) }) {
		known = false
		tellUnknownNode(pass, inventory.Spot{}, "the nodes are unknown")
	}
	return out, known
}

func tellUnknownNode(pass *checks.Pass, at inventory.Spot, fact string) {
	mend := "declare them in cluster.nodes"
	if pass.Cluster == nil {
		mend = "pass --nodes with the output of `kubectl get nodes -o yaml`"
	}
	pass.Warn(at, "fit/unknown-node", fact, "fit was not checked without them", mend)
}

// refused reports whether an amount of a node was refused where it stands. What such a
// node holds is not known, and so neither is what becomes of any pod.
func refused(n *inventory.Node) bool {
	for _, list := range []corev1.ResourceList{n.Kubernetes.Status.Capacity, n.Kubernetes.Status.Allocatable} {
		for _, q := range list {
			if !quantities.Known(q) {
				return true
			}
		}
	}
	for _, d := range n.Disks {
		if d.Images && !quantities.Known(d.Size) {
			return true
		}
	}
	for _, q := range []*resource.Quantity{n.Reserved.Memory, n.Reserved.CPU} {
		if q != nil && !quantities.Known(*q) {
			return true
		}
	}
	return false
}

// machineCodes documents what is reported here.
func machineCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/unknown-node", Title: "the memory or CPU of a node is unknown",
			Plural:  "the memory or CPU of %d nodes is unknown",
			Text:    "Pods can only be placed on nodes whose memory and CPU are known. Until they are, fit is not checked.",
			Example: "nodes: pi: v1alpha1.#CM4_8GB",
		},
	}
}
