package fit

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// tellWaiting reports the pods that find no node: always, or in some orders. Each
// workload is told of once.
func (a *analysis) tellWaiting(waiting []int) {
	told := map[*demand.Workload]bool{}
	at, last := map[string]int{}, 0 // in the report, by workload and reasons
	for k, i := range waiting {
		one := a.plan.pods[i]
		if k > 0 && one.like(a.plan.pods[waiting[k-1]]) {
			a.report.Pending[last].More++
			continue
		}
		why := a.state.Why(one.ready)
		key := one.Name + " " + grouped(reasons(why))
		if known, same := at[key]; same {
			last = known
			a.report.Pending[last].More++
		} else {
			last = len(a.report.Pending)
			at[key] = last
			a.report.Pending = append(a.report.Pending, Pending{Pod: one.name, Nodes: reasons(why)})
		}
		if told[one.Workload] {
			continue
		}
		told[one.Workload] = true
		a.tellPending(one, why)
	}
	if a.report.Orders.Packing != packingExists {
		return // the others wait for the same room
	}
	for i, n := range a.often {
		one := a.plan.pods[i]
		if n == 0 || told[one.Workload] || one.Grants {
			continue
		}
		told[one.Workload] = true
		a.pass.Warn(memorySpot(one.Workload), "fit/order", fmt.Sprintf("%s stays pending in %d of %d orders of arrival", one.name, n, a.report.Orders.Tried),
			"it fits only when the others land well, and after a power cut nobody chooses their order", "lower a request, or say the place of what stands in its way")
	}
}

// tellPending reports a pod that finds no node in the nominal order.
func (a *analysis) tellPending(one *pod, why []scheduler.Refusal) {
	nearest, static := a.nearest(one, why)
	lines := grouped(reasons(why))
	switch {
	case one.Grants:
		a.pass.Warn(one.Spot, "fit/quota", fmt.Sprintf("no node has %s free, the rest of the quota of %s", amount(one.requests), one.Template.Namespace),
			"pods of that size would stay pending, though the quota allows them", "lower the quota, or make room")
	case static:
		a.pass.Error(spotOf(one, nearest), "fit/no-node", fmt.Sprintf("no node takes %s", one.Name), lines, mendOf(nearest))
	case a.report.Orders.Packing == packingExists:
		a.pass.Error(spotOf(one, nearest), "fit/order", fmt.Sprintf("%s finds no node, as Flux applies the units (%s)", one.name, lines),
			"some order of arrival has room for all pods, and kube-scheduler moves nothing later", a.mendRoom(one, nearest))
	default:
		because := a.report.Orders.Because
		a.pass.Error(spotOf(one, nearest), "fit/no-room", fmt.Sprintf("%s finds no node (%s)", one.name, lines), because, a.mendRoom(one, nearest))
	}
}

// reasons are those of all nodes that refuse.
func reasons(why []scheduler.Refusal) map[string]string {
	out := map[string]string{}
	for _, r := range why {
		if r.Filter != "" {
			out[r.Node] = r.Reason
		}
	}
	return out
}

// grouped writes reasons by node, each once.
func grouped(by map[string]string) string {
	nodes := map[string][]string{}
	for _, node := range slices.Sorted(maps.Keys(by)) {
		nodes[by[node]] = append(nodes[by[node]], node)
	}
	var out []string
	for _, reason := range slices.Sorted(maps.Keys(nodes)) {
		out = append(out, strings.Join(nodes[reason], ", ")+": "+reason)
	}
	return strings.Join(out, "; ")
}

// passed is the order in which kube-scheduler asks its filters.
func passed(filter string) int {
	return slices.Index([]string{
		scheduler.NodeUnschedulable, scheduler.NodeName, scheduler.TaintToleration, scheduler.NodeAffinity, scheduler.NodePorts, scheduler.NodeResourcesFit,
		scheduler.VolumeRestrictions, scheduler.VolumeBinding, scheduler.VolumeZone, scheduler.PodTopologySpread, scheduler.InterPodAffinity,
	}, filter)
}

// nearest is the refusal that came last on the way to a node, and whether no change
// of what runs would help.
func (a *analysis) nearest(one *pod, why []scheduler.Refusal) (scheduler.Refusal, bool) {
	var out scheduler.Refusal
	static, best := true, -1
	for _, r := range why {
		rank := 2 * passed(r.Filter)
		if r.Filter == scheduler.TaintToleration && a.wants(one, r.Node) {
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
func (a *analysis) wants(one *pod, node string) bool {
	for _, m := range a.all {
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
		at.Keys, at.Labels = append(slices.Clone(at.Keys), keys...), label
		return at
	}
	switch r.Filter {
	case scheduler.NodeResourcesFit:
		at := memorySpot(one.Workload)
		if !strings.Contains(r.Reason, "memory") && strings.Contains(r.Reason, "cpu") {
			at.Keys[len(at.Keys)-1], at.Labels[len(at.Labels)-1] = "cpu", "cpu"
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

func mendOf(r scheduler.Refusal) string {
	switch r.Filter {
	case scheduler.TaintToleration:
		return "tolerate the taint (place: tolerate), or name a node"
	case scheduler.NodeName, scheduler.NodeAffinity:
		return "name a node or labels that are there"
	case scheduler.PodTopologySpread:
		return "label the nodes, or take the spread away"
	case scheduler.VolumeBinding, scheduler.VolumeZone:
		return "place the pods where the volume is, or take a class that other nodes have"
	case scheduler.NodeResourcesFit:
		return "ask for less than the largest node has"
	}
	return "change what the nodes or the pods say"
}

// mendRoom says what would make room for a pod.
func (a *analysis) mendRoom(one *pod, r scheduler.Refusal) string {
	switch r.Filter {
	case scheduler.NodePorts:
		return "take another port, or fewer replicas: a node has each port once"
	case scheduler.PodTopologySpread, scheduler.InterPodAffinity:
		return "run fewer replicas, or let two of them share a node"
	}
	var most int64
	node := ""
	for _, n := range a.state.Why(one.ready) {
		if !n.Static && (node == "" || a.state.Free(n.Node) > most) {
			node, most = n.Node, a.state.Free(n.Node)
		}
	}
	if most <= 0 || most >= one.requests {
		return "lower a request, or add a node (`stillsuit fit --suggest` looks for the smallest change)"
	}
	return fmt.Sprintf("ask for %s at most, which %s has free, or run `stillsuit fit --suggest`", amount(most), node)
}
