package fit

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// nodes sums what runs on each node in the nominal placement.
func (a *analysis) nodes() {
	on := map[string][]int{}
	for _, i := range a.plan.lasting() {
		if node := a.state.Node(a.plan.pods[i].ready); node != "" {
			on[node] = append(on[node], i)
		}
	}
	for _, name := range a.subject.Names() {
		n := a.subject.Nodes[name]
		if slices.Contains(a.opts.Without, name) {
			a.report.Nodes = append(a.report.Nodes, Node{Name: name, Arch: n.Arch, Board: n.Board, Offline: "without it"})
		} else if n.Offline != "" {
			a.report.Nodes = append(a.report.Nodes, Node{Name: name, Arch: n.Arch, Board: n.Board, Offline: n.Offline})
		}
	}
	for _, m := range a.all {
		out := Node{Name: m.name, Arch: m.Arch, Board: m.Board, Capacity: quantities.Of(m.sees.Status.Capacity.Memory()), Cores: quantities.Milli(m.sees.Status.Allocatable.Cpu())}
		out.Reserved = out.Capacity - m.memory
		for _, i := range on[m.name] {
			one := a.plan.pods[i]
			out.Requests = quantities.Sum(out.Requests, one.requests)
			out.Limits = quantities.Sum(out.Limits, one.limits)
			out.CPU = quantities.Sum(out.CPU, one.cpu)
			if !one.limited {
				out.Unlimited++
			}
			out.Pods = append(out.Pods, one.name)
		}
		slices.Sort(out.Pods)
		a.report.Nodes = append(a.report.Nodes, out)
		a.tellNode(m, out)
	}
	a.unlimited()
	slices.SortFunc(a.report.Nodes, func(a, b Node) int { return strings.Compare(a.Name, b.Name) })
}

// tellNode reports a node that is fuller than kube-scheduler knows, and one whose
// pods may take more than it has.
func (a *analysis) tellNode(m *machine, n Node) {
	at := inventory.Spot{Node: m.name, Labels: []string{"reserved"}}
	sees := quantities.Of(m.sees.Status.Allocatable.Memory())
	if n.Requests > n.Room() && n.Room() > 0 {
		a.pass.Error(at, "fit/reserved", fmt.Sprintf("the pods of node %s ask for %s", m.name, amount(n.Requests)),
			fmt.Sprintf("of its %s the system takes %s, which kube-scheduler does not know", amount(n.Capacity), amount(n.Reserved)),
			"tell its kubelet what is reserved, and say so in cluster.kubernetes.reserved")
	} else if sees > n.Room() && n.Room() > 0 {
		a.pass.Note(at, "fit/unreserved", fmt.Sprintf("kube-scheduler counts on %s of node %s that the system takes", amount(sees-n.Room()), m.name),
			"it may place pods there until the kernel kills one", "tell the kubelet what is reserved (for K3s --kubelet-arg=system-reserved=memory=…), and say so in cluster.kubernetes.reserved")
	}
	if n.Limits > n.Room() {
		a.pass.Note(inventory.Spot{Node: m.name, Labels: []string{"memory"}}, "fit/overcommit",
			fmt.Sprintf("the pods of node %s may take %s", m.name, amount(n.Limits)),
			fmt.Sprintf("%s is there for them, so the kernel kills some when all do (%d%%)", amount(n.Room()), quantities.Part(n.Limits, 100, n.Room())),
			"lower a limit, if that is more than you want to risk")
	}
}

// unlimited reports workloads that ask for no memory, which so are missing in every
// sum, and those whose pods may take all memory of their node.
func (a *analysis) unlimited() {
	for _, w := range a.demand.Workloads {
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
			at.Labels = append(slices.Clone(at.Labels), label)
		} else {
			at = w.Pod.Containers()[first].Spot
			at.Keys, at.Labels = append(slices.Clone(at.Keys), "resources"), append(slices.Clone(at.Labels), label)
		}
		if !asks {
			a.pass.Warn(at, "fit/no-request", w.Name+" asks for no memory", "its pods count as nothing, here and for kube-scheduler, and take what they take", "add requests: memory, or a limit range for its namespace")
			continue
		}
		a.pass.Note(at, "fit/unlimited", w.Name+" has no memory limit", "its pods can take all memory of their node, and sums of limits leave them out", "add one, or a limit range for its namespace")
	}
}
