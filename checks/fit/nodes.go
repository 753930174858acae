package fit

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// sums says what runs on each node, and what that requests.
func sums(pass *checks.Pass, n *nominal, without []string) []Node {
	var all []Node
	on := map[string][]int{}
	for _, i := range n.lasting() {
		if node := n.node(i); node != "" {
			on[node] = append(on[node], i)
		}
	}
	for _, name := range pass.NodeNames() {
		is := pass.Nodes[name]
		if slices.Contains(without, name) {
			all = append(all, Node{Name: name, Arch: is.Arch, Board: is.Board, Offline: "taken away"})
		} else if is.Offline != "" {
			all = append(all, Node{Name: name, Arch: is.Arch, Board: is.Board, Offline: is.Offline})
		}
	}
	for _, m := range n.machines {
		out := Node{Name: m.name, Arch: m.Arch, Board: m.Board, Capacity: quantities.Of(m.sees.Status.Capacity.Memory()), Cores: quantities.Milli(m.sees.Status.Allocatable.Cpu()),
			Taints: m.taints(), Allocatable: quantities.Of(m.sees.Status.Allocatable.Memory()), MostPods: quantities.Of(m.sees.Status.Allocatable.Pods())}
		out.Reserved = out.Capacity - m.memory
		for _, i := range on[m.name] {
			one := n.pods[i]
			out.Requests = quantities.Sum(out.Requests, one.requests)
			out.Limits = quantities.Sum(out.Limits, one.limits)
			out.CPU = quantities.Sum(out.CPU, one.cpu)
			if !one.limited {
				out.Unlimited++
			}
			out.Pods = append(out.Pods, one.name)
		}
		slices.Sort(out.Pods)
		all = append(all, out)
		tellNode(pass, n, m, out)
	}
	slices.SortFunc(all, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// tellNode reports a node that is fuller than kube-scheduler knows, and one whose
// pods can use more than it has.
func tellNode(pass *checks.Pass, placed *nominal, m *machine, n Node) {
	at := inventory.Spot{Node: m.name, Path: []string{"reserved"}}
	sees := quantities.Of(m.sees.Status.Allocatable.Memory())
	if n.Requests > n.Room() && n.Room() > 0 {
		pass.Error(at, "fit/reserved", fmt.Sprintf("pods on %s request %s", m.name, quantities.Bytes(n.Requests)),
			fmt.Sprintf("the system needs %[2]s of its %[1]s, and kube-scheduler does not know that", quantities.Bytes(n.Capacity), quantities.Bytes(n.Reserved)),
			"reserve memory on the node (K3s: `--kubelet-arg=system-reserved=memory=…`), then set cluster.kubernetes.reserved")
	} else if sees > n.Room() && n.Room() > 0 {
		pass.Note(at, "fit/unreserved", fmt.Sprintf("kube-scheduler can give away %s of node %s that the system needs", quantities.Bytes(sees-n.Room()), m.name),
			"the kernel kills a pod when the node runs out of memory", "reserve memory on the node (K3s: `--kubelet-arg=system-reserved=memory=…`), then set cluster.kubernetes.reserved")
	}
	if n.Limits <= n.Room() {
		return
	}
	on := func(node string) bool { return node == m.name }
	pass.Report(inventory.Spot{Node: m.name, Path: []string{"memory"}}, finding.Finding{
		Code: "fit/overcommit", Severity: overcommitted(n),
		Problem: fmt.Sprintf("pods on %s can use %s of %s (%d%%)", m.name, quantities.Bytes(n.Limits), quantities.Bytes(n.Room()), quantities.Part(n.Limits, 100, n.Room())),
		Detail:  placed.largest(on, "memory limit", func(one *pod) int64 { return one.limits }),
		Fix:     "lower memory limits, or move a workload to another node",
	})
}

// overcommitted is a warning when pods can use more than twice what there is.
func overcommitted(n Node) finding.Severity {
	if n.Overcommitted() {
		return finding.Warning
	}
	return finding.Note
}

// fixRequests says how a workload gets a request or a limit.
func fixRequests(w *demand.Workload, field string) string {
	switch {
	case w.Component != "":
		return fmt.Sprintf("add `%s: memory` to the component in the chart's footprint", field)
	case len(w.Origin) > 1:
		return fmt.Sprintf("add `%s: memory: \"64Mi\"`, with the amount that it needs", field)
	}
	return fmt.Sprintf("set `resources.%s.memory`, or add a LimitRange to its namespace", field)
}

// tellUnlimited reports workloads that request no memory, so that sums leave them out, and
// those whose pods can use all memory of their node.
func tellUnlimited(pass *checks.Pass, workloads []*demand.Workload) {
	for _, w := range workloads {
		requests, limits := demand.Requests(w.Template), demand.Limits(w.Template)
		_, limited := limits[corev1.ResourceMemory]
		asks := !requests.Memory().IsZero()
		if limited && asks || w.Bundled {
			continue
		}
		at, label := w.Spot, "limits"
		if !asks {
			label = "requests"
		}
		if first := len(w.Template.Spec.InitContainers); w.Pod == nil || first == len(w.Pod.Containers()) { // with none it is refused
			at.Path = append(slices.Clone(at.Path), label)
		} else {
			at = w.Pod.Containers()[first].Spot
			at.Keys, at.Path = append(slices.Clone(at.Keys), "resources"), append(slices.Clone(at.Path), label)
		}
		if !asks {
			pass.Warn(at, "fit/no-request", w.Name+" requests no memory", "kube-scheduler places its pods on full nodes too, and sums leave them out", fixRequests(w, "requests"))
			continue
		}
		pass.Note(at, "fit/no-limit", w.Name+" has no memory limit", "its pods can use all memory of their node, and sums of limits leave them out", fixRequests(w, "limits"))
	}
}

// nodeCodes documents what is reported here.
func nodeCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/reserved", Title: "the pods of a node request memory that the system needs",
			Plural:  "the pods of %d nodes request memory that the system needs",
			Text:    "K3s reserves no memory for itself: its kubelets offer all memory of a node to pods, and do not evict pods when it runs out. The pods on this node request more than K3s and the operating system leave (nodes.<node>.reserved), so the kernel will kill some. Start K3s with --kubelet-arg=system-reserved=memory=…, and set cluster.kubernetes.reserved: true.",
			Example: "kubernetes: reserved: true",
		},
		{
			Code: "fit/unreserved", Title: "kube-scheduler can give away memory that the system needs",
			Plural:  "kube-scheduler can give away memory that the system needs on %d nodes",
			Text:    "As fit/reserved, but today's pods still fit. kube-scheduler does not know what the system needs, and can place more pods on the node than it has memory for.",
			Example: "kubernetes: reserved: true    // after the memory was reserved on every node",
		},
		{
			Code: "fit/overcommit", Title: "the pods of a node can use more memory than it has",
			Plural:  "the pods of %d nodes can use more memory than there is",
			Text:    "kube-scheduler keeps requests free, but not limits: pods can use memory up to their limits while there is some, and when all do at the same time, the kernel kills some of them. A sum of limits somewhat above the node's memory is usual, and a note. More than twice the memory is a warning.",
			Example: "limits: memory: \"2Gi\"    // eight times its request of 256Mi",
		},
		{
			Code: "fit/no-limit", Former: []finding.Code{"fit/unlimited"}, Title: "a workload has no memory limit",
			Plural:  "%d workloads have no memory limit",
			Text:    "A pod without a limit can use all memory of its node, and then the kernel kills pods, not always this one. Sums of limits, of a node or under a ceiling, leave it out. For a chart the footprint may be missing the limit.",
			Example: "footprint: operator: {requests: memory: \"64Mi\", limits: memory: \"128Mi\"}",
		},
		{
			Code: "fit/no-request", Title: "a workload requests no memory",
			Plural:  "%d workloads request no memory",
			Text:    "kube-scheduler keeps free what pods request. A pod that requests no memory fits on any node, even a full one, and every sum leaves out what it uses. Without a request, the limit counts as one.",
			Example: "requests: memory: \"64Mi\"",
		},
	}
}
