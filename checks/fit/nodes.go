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

// sums says what runs on each node, and what that asks for.
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
			all = append(all, Node{Name: name, Arch: is.Arch, Board: is.Board, Offline: "without it"})
		} else if is.Offline != "" {
			all = append(all, Node{Name: name, Arch: is.Arch, Board: is.Board, Offline: is.Offline})
		}
	}
	for _, m := range n.machines {
		out := Node{Name: m.name, Arch: m.Arch, Board: m.Board, Capacity: quantities.Of(m.sees.Status.Capacity.Memory()), Cores: quantities.Milli(m.sees.Status.Allocatable.Cpu())}
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
		tellNode(pass, m, out)
	}
	slices.SortFunc(all, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// tellNode reports a node that is fuller than kube-scheduler knows, and one whose
// pods may take more than it has.
func tellNode(pass *checks.Pass, m *machine, n Node) {
	at := inventory.Spot{Node: m.name, Path: []string{"reserved"}}
	sees := quantities.Of(m.sees.Status.Allocatable.Memory())
	if n.Requests > n.Room() && n.Room() > 0 {
		pass.Error(at, "fit/reserved", fmt.Sprintf("the pods of node %s ask for %s", m.name, quantities.Bytes(n.Requests)),
			fmt.Sprintf("of its %s the system takes %s, which kube-scheduler does not know", quantities.Bytes(n.Capacity), quantities.Bytes(n.Reserved)),
			"tell its kubelet what is reserved, and say so in cluster.kubernetes.reserved")
	} else if sees > n.Room() && n.Room() > 0 {
		pass.Note(at, "fit/unreserved", fmt.Sprintf("kube-scheduler counts on %s of node %s that the system takes", quantities.Bytes(sees-n.Room()), m.name),
			"it may place pods there until the kernel kills one", "tell the kubelet what is reserved (for K3s --kubelet-arg=system-reserved=memory=…), and say so in cluster.kubernetes.reserved")
	}
	if n.Limits > n.Room() {
		pass.Note(inventory.Spot{Node: m.name, Path: []string{"memory"}}, "fit/overcommit",
			fmt.Sprintf("the pods of node %s may take %s", m.name, quantities.Bytes(n.Limits)),
			fmt.Sprintf("%s is there for them, so the kernel kills some when all do (%d%%)", quantities.Bytes(n.Room()), quantities.Part(n.Limits, 100, n.Room())),
			"lower a limit, if that is more than you want to risk")
	}
}

// tellUnlimited reports workloads that ask for no memory, which so are missing in every
// sum, and those whose pods may take all memory of their node.
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
			pass.Warn(at, "fit/no-request", w.Name+" asks for no memory", "its pods count as nothing, here and for kube-scheduler, and take what they take", "add requests: memory, or a limit range for its namespace")
			continue
		}
		pass.Note(at, "fit/unlimited", w.Name+" has no memory limit", "its pods can take all memory of their node, and sums of limits leave them out", "add one, or a limit range for its namespace")
	}
}

// nodeCodes documents what is reported here.
func nodeCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/reserved", Title: "a node's pods take what the system needs",
			Text:    "K3s reserves nothing for itself: its kubelets offer the whole memory of a node to pods, and evict nobody for memory. The pods that kube-scheduler places here ask for more than is left beside K3s and the operating system (nodes.<node>.reserved), so the kernel will kill one. Start K3s with --kubelet-arg=system-reserved=memory=…, and write cluster.kubernetes.reserved: true.",
			Example: "kubernetes: reserved: true",
		},
		{
			Code: "fit/unreserved", Title: "kube-scheduler counts on memory that the system takes",
			Text:    "The same as fit/reserved, where the pods of today still fit: kube-scheduler does not know what the system takes, and may fill the node beyond it tomorrow.",
			Example: "kubernetes: reserved: true    // after the kubelets were told",
		},
		{
			Code: "fit/overcommit", Title: "a node's pods may take more memory than it has",
			Text:    "Requests are kept free, limits are not: pods may take up to their limits as long as there is memory, and when all do so at the same time the kernel kills some. A moderate sum above the node is usual; this note says how far it goes.",
			Example: "limits: memory: \"2Gi\"    // eight times its request of 256Mi",
		},
		{
			Code: "fit/unlimited", Title: "pods have no memory limit",
			Text:    "A pod without a limit can take all memory of its node, and the kernel then kills whichever pod it likes least. Sums of limits, of a node or under a ceiling, leave it out. For charts it may be that the footprint does not say the limit.",
			Example: "footprint: operator: {requests: memory: \"64Mi\", limits: memory: \"128Mi\"}",
		},
		{
			Code: "fit/no-request", Title: "pods ask for no memory",
			Text:    "kube-scheduler keeps free what pods ask for. One that asks for nothing fits anywhere, also on a node that is full, and what it takes is missing in every sum here. A limit counts as a request where none is said.",
			Example: "requests: memory: \"64Mi\"",
		},
	}
}
