package fit

import (
	"fmt"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// tellWaiting reports the pods that find no node: always, or in some orders. Each
// workload is told of once.
func tellWaiting(pass *checks.Pass, n *nominal, luck luck) []Pending {
	var pending []Pending
	told := map[*demand.Workload]bool{}
	at, last := map[string]int{}, 0 // in the report, by workload and reasons
	for k, i := range n.waiting {
		one := n.pods[i]
		if k > 0 && one.like(n.pods[n.waiting[k-1]]) {
			pending[last].More++
			continue
		}
		why := n.state.Why(one.ready)
		key := one.Name + " " + grouped(reasons(why))
		if known, same := at[key]; same {
			last = known
			pending[last].More++
		} else {
			last = len(pending)
			at[key] = last
			pending = append(pending, Pending{Pod: one.name, Nodes: reasons(why)})
		}
		if told[one.Workload] {
			continue
		}
		told[one.Workload] = true
		tellPending(pass, n, luck.Orders, one, why)
	}
	if luck.Packing != packingExists {
		return pending // the others wait for the same room
	}
	for i, times := range luck.often {
		one := n.pods[i]
		if times == 0 || told[one.Workload] || one.Grants {
			continue
		}
		told[one.Workload] = true
		pass.Warn(memorySpot(one.Workload), "fit/order", fmt.Sprintf("%s stays pending in %d of %d orders of arrival", one.name, times, luck.Tried),
			"it fits only when the others land well, and after a power cut nobody chooses their order", "lower a request, or say the place of what stands in its way")
	}
	return pending
}

// tellPending reports a pod that finds no node in the nominal order.
func tellPending(pass *checks.Pass, n *nominal, orders Orders, one *pod, why []scheduler.Refusal) {
	nearest, static := n.nearest(one, why)
	lines := grouped(reasons(why))
	switch {
	case one.Grants:
		pass.Warn(one.Spot, "fit/quota", fmt.Sprintf("no node has %s free, the rest of the quota of %s", quantities.Bytes(one.requests), one.Template.Namespace),
			"pods of that size would stay pending, though the quota allows them", "lower the quota, or make room")
	case static:
		pass.Error(spotOf(one, nearest), "fit/no-node", fmt.Sprintf("no node takes %s", one.Name), lines, mendOf(nearest))
	case orders.Packing == packingExists:
		pass.Error(spotOf(one, nearest), "fit/order", fmt.Sprintf("%s finds no node, as Flux applies the units (%s)", one.name, lines),
			"some order of arrival has room for all pods, and kube-scheduler moves nothing later", n.mendRoom(one, nearest))
	default:
		because := orders.Because
		pass.Error(spotOf(one, nearest), "fit/no-room", fmt.Sprintf("%s finds no node (%s)", one.name, lines), because, n.mendRoom(one, nearest))
	}
}

// mendRoom says what would make room for a pod.
func (n *nominal) mendRoom(one *pod, r scheduler.Refusal) string {
	switch r.Filter {
	case scheduler.NodePorts:
		return "take another port, or fewer replicas: a node has each port once"
	case scheduler.PodTopologySpread, scheduler.InterPodAffinity:
		return "run fewer replicas, or let two of them share a node"
	}
	var most int64
	node := ""
	for _, why := range n.state.Why(one.ready) {
		if !why.Static && (node == "" || n.state.Free(why.Node) > most) {
			node, most = why.Node, n.state.Free(why.Node)
		}
	}
	if most <= 0 || most >= one.requests {
		return "lower a request, or add a node (`stillsuit fit --suggest` looks for the smallest change)"
	}
	return fmt.Sprintf("ask for %s at most, which %s has free, or run `stillsuit fit --suggest`", quantities.Bytes(most), node)
}

// waitingCodes documents what is reported here.
func waitingCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/no-node", Title: "no node takes the pods, full or not",
			Text:    "Every node refuses these pods for a reason that no free memory mends: its name, labels or taints, a volume that lies elsewhere, or a request that is larger than the node. The reasons are kube-scheduler's own, node by node.",
			Example: "place: labels: disk: \"fast\"    // which no node of cluster.nodes has",
		},
		{
			Code: "fit/no-room", Title: "the pods do not fit",
			Text:    "In the order in which Flux applies the units a pod finds no node, and neither does it in any other order that was tried, nor in a search over all placements. Where that can be proved in a sentence, the message has it: a group of pods that can run only on some nodes asks for more than those have.",
			Example: "requests: memory: \"6Gi\"    // on a node that has 5.2Gi free: ask for less, or let it run elsewhere",
		},
		{
			Code: "fit/order", Title: "the pods fit only when they come in the right order",
			Text:    "kube-scheduler places pods one by one and never moves one that runs (it evicts for more important ones alone). So a placement of all pods may exist that it does not find: when a small pod takes the room that only a large one needed. Units are applied in another order after a power cut, and ties between nodes are broken by chance; of the orders that were tried, this pod stayed pending in some.",
			Example: "place: node: \"node3\"    // the small one, so that the large one keeps its node",
		},
		{
			Code: "fit/quota", Title: "no node has room for what a quota allows",
			Text:    "A workspace is given to others with a quota. What the declared pods leave of it is counted as one pod, the largest that they may start; no node has room for one so large, so they may see pods pending that the quota allows.",
			Example: "namespaces: play: quota: memory: \"4Gi\"    // and the freest node has 3Gi",
		},
	}
}
