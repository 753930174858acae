package fit

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/scheduler"
)

// passed is the order in which kube-scheduler asks its filters.
func passed(filter string) int {
	return slices.Index([]string{
		scheduler.NodeUnschedulable, scheduler.NodeName, scheduler.TaintToleration, scheduler.NodeAffinity, scheduler.NodePorts, scheduler.NodeResourcesFit,
		scheduler.VolumeRestrictions, scheduler.VolumeBinding, scheduler.VolumeZone, scheduler.PodTopologySpread, scheduler.InterPodAffinity,
	}, filter)
}

// nearest is the refusal that came last on the way to a node, and whether no change
// of what runs would help.
func (p *plan) nearest(one *pod, why []scheduler.Refusal) (scheduler.Refusal, bool) {
	var out scheduler.Refusal
	static, best := true, -1
	for _, r := range why {
		rank := 2 * passed(r.Filter)
		if r.Filter == scheduler.TaintToleration && p.wants(one, r.Node) {
			rank = 2*passed(scheduler.NodeAffinity) + 1 // taints are looked at first, and all else is well
		}
		if !r.Static {
			rank += 100
		}
		if rank > best {
			best, out = rank, r
		}
		static = static && r.Static
	}
	return out, static
}

// wants reports whether a pod's selector and affinity choose a node.
func (p *plan) wants(one *pod, node string) bool {
	for _, m := range p.machines {
		if m.name == node {
			chosen, err := nodeaffinity.GetRequiredNodeAffinity(one.Template).Match(m.sees)
			return chosen && err == nil
		}
	}
	return false
}

// spotOf is the user's line that a refusal is about.
func spotOf(one *pod, r scheduler.Refusal) inventory.Spot {
	if one.Pod == nil {
		if r.Filter == scheduler.NodeResourcesFit {
			return memorySpot(one.Workload)
		}
		return one.Spot
	}
	spot := func(label []string, keys ...string) inventory.Spot {
		at := one.Pod.Spot()
		at.Keys, at.Path = append(slices.Clone(at.Keys), keys...), label
		return at
	}
	switch r.Filter {
	case scheduler.NodeResourcesFit:
		at := memorySpot(one.Workload)
		if !strings.Contains(r.Reason, "memory") && strings.Contains(r.Reason, "cpu") {
			at.Keys[len(at.Keys)-1], at.Path[len(at.Path)-1] = "cpu", "cpu"
		}
		return at
	case scheduler.TaintToleration:
		return spot([]string{"place"}, "tolerations")
	case scheduler.NodeName:
		return spot([]string{"place", "node"}, "nodeName")
	case scheduler.NodeAffinity:
		switch selector := one.Template.Spec.NodeSelector; {
		case selector[corev1.LabelHostname] != "":
			return spot([]string{"place", "node"}, "nodeSelector")
		case len(selector) > 0:
			return spot([]string{"place"}, "nodeSelector")
		}
		return spot([]string{"place"}, "affinity")
	case scheduler.PodTopologySpread:
		return spot([]string{"place", "spread"}, "topologySpreadConstraints")
	case scheduler.InterPodAffinity:
		return spot([]string{"place", "apart"}, "affinity")
	case scheduler.VolumeBinding, scheduler.VolumeRestrictions, scheduler.VolumeZone:
		return spot([]string{"volumes"}, "volumes")
	}
	return one.Pod.Spot()
}
