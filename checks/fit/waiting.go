package fit

import (
	"fmt"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// tellWaiting reports the pods that find no node: always, or in some orders. Each
// workload is reported once, and no pod that is known already.
func tellWaiting(pass *checks.Pass, n *nominal, luck luck, reported func(*pod) bool) []Pending {
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
		key := one.Name + " " + outcome.Grouped(outcome.Reasons(why))
		if known, same := at[key]; same {
			last = known
			pending[last].More++
		} else {
			last = len(pending)
			at[key] = last
			pending = append(pending, Pending{Pod: one.name, Nodes: outcome.Reasons(why), Quota: one.Grants})
		}
		if told[one.Workload] || reported(one) {
			continue
		}
		told[one.Workload] = true
		tellPending(pass, n, luck.Orders, one, why)
	}
	if luck.Packing != outcome.PackingExists {
		return pending // the others wait for the same room
	}
	for i, times := range luck.often {
		one := n.pods[i]
		if times == 0 || told[one.Workload] || one.Grants {
			continue
		}
		told[one.Workload] = true
		pass.Warn(memorySpot(one.Workload), "fit/order", fmt.Sprintf("%s finds no node in %d of %d orders", one.name, times, luck.Tried),
			"after a power cut, pods come in any order", "lower a request, or place the pods that take its room on another node")
	}
	return pending
}

// tellPending reports a pod that finds no node in the nominal order.
func tellPending(pass *checks.Pass, n *nominal, orders Orders, one *pod, why []scheduler.Refusal) {
	nearest, static := n.nearest(one, why)
	lines := outcome.Refused(why, n.taints)
	switch {
	case one.Grants:
		pass.Warn(one.Spot, "fit/quota", fmt.Sprintf("the quota of %s allows %s more, and no node has that much free", one.Template.Namespace, quantities.Bytes(one.requests)),
			"a pod of that size stays pending although the quota allows it", "lower the quota, or make room")
	case static:
		pass.Error(spotOf(one, nearest), "fit/no-node", fmt.Sprintf("%s cannot run on any node", one.Name), lines, outcome.Fix(nearest))
	case orders.Packing == outcome.PackingExists:
		pass.Error(spotOf(one, nearest), "fit/order", fmt.Sprintf("%s finds no node in the order in which Flux applies the units", one.name),
			lines+"; in another order all pods fit", n.fixRoom(one, nearest))
	default:
		pass.Error(spotOf(one, nearest), "fit/no-room", fmt.Sprintf("%s finds no node: %s", one.name, lines), orders.Because, n.fixRoom(one, nearest))
	}
}

// fixRoom says what would make room for a pod.
func (n *nominal) fixRoom(one *pod, r scheduler.Refusal) string {
	switch r.Filter {
	case scheduler.NodePorts:
		return "use another port or fewer replicas: each node has a port only once"
	case scheduler.PodTopologySpread, scheduler.InterPodAffinity:
		return "run fewer replicas, or allow two of them on one node"
	}
	var most int64
	node := ""
	for _, why := range n.state.Why(one.ready) {
		if !why.Static && (node == "" || n.state.Free(why.Node) > most) {
			node, most = why.Node, n.state.Free(why.Node)
		}
	}
	if most <= 0 || most >= one.requests {
		return "lower a request or add a node: `stillsuit fit --suggest` finds the smallest change"
	}
	return fmt.Sprintf("request at most %s, which %s has free, or run `stillsuit fit --suggest`", quantities.Bytes(most), node)
}

// waitingCodes documents what is reported here.
func waitingCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/no-node", Title: "pods cannot run on any node, however empty it is",
			Plural:  "%d workloads cannot run on any node",
			Text:    "Every node is ruled out for a reason that free memory does not change: its name, labels or taints, a volume that is elsewhere, or a request that is larger than the node. The decision is kube-scheduler's, node by node.",
			Example: "place: labels: disk: \"fast\"    // and no node has this label",
		},
		{
			Code: "fit/no-room", Title: "pods find no node with room",
			Plural:  "%d workloads find no node with room",
			Text:    "A pod finds no node in the order in which Flux applies the units, nor in any other order that was tried, nor in a search over all placements. If there is a short proof, the message has it: a group of pods that can run only on some nodes requests more than those have.",
			Example: "requests: memory: \"6Gi\"    // on a node with 5.2Gi free: request less, or let it run elsewhere",
		},
		{
			Code: "fit/order", Title: "pods fit only if they come in the right order",
			Plural:  "%d workloads fit only if pods come in the right order",
			Text:    "kube-scheduler places pods one by one and never moves a running pod (it only evicts some for more important ones). So it may not find the placement that holds all pods: a small pod takes the room that a large one needs. After a power cut, units are applied in another order, and kube-scheduler chooses at random between equal nodes. In some of the orders that were tried, this pod found no node.",
			Example: "place: node: \"node3\"    // for the small pod, so that the large one has its node",
		},
		{
			Code: "fit/quota", Title: "a quota allows a pod that no node has room for",
			Plural:  "%d quotas allow a pod that no node has room for",
			Text:    "Others can start pods in a workspace, up to its quota. The check counts what the declared pods leave of the quota as one pod, the largest that can be started there. No node has room for it, so a pod can stay pending although the quota allows it.",
			Example: "namespaces: play: quota: memory: \"4Gi\"    // and the freest node has 3Gi",
		},
	}
}
