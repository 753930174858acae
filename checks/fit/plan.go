package fit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"

	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// plan is a cluster with some of its nodes, and every pod that it is to run.
type plan struct {
	machines []*machine
	sched    *scheduler.Scheduler
	pods     []*pod // in the order in which Flux makes them
	of       map[*scheduler.Pod]int
	rank     []int // by pod, among the priorities, the highest first
	ranks    int
}

// pod is one pod.
type pod struct {
	*demand.Workload
	name  string // as a person calls it
	at    string // the node that a DaemonSet's pod is for
	ready *scheduler.Pod
	// requests and limits are bytes of memory; limited says that there is a limit.
	// cpu is thousandths of a core that it asks for.
	requests, limits, cpu int64
	limited               bool
	claims                []string // on which it waits: namespace/name
}

// newPlan makes a plan for the machines that are not down. It fails with unreadable.
func (a *analysis) newPlan(down map[string]bool) (*plan, error) {
	p := &plan{of: map[*scheduler.Pod]int{}}
	cluster := a.storage.cluster()
	for _, m := range a.all {
		if !down[m.name] {
			p.machines = append(p.machines, m)
			cluster.Nodes = append(cluster.Nodes, m.sees)
		}
	}
	cluster.Namespaces, cluster.Services, cluster.Budgets, cluster.Minor = a.namespaces, a.services, a.budgets, a.minor()
	for _, w := range a.demand.Workloads {
		p.add(w, a.storage)
	}
	for _, one := range p.pods {
		cluster.Claims = append(cluster.Claims, a.storage.made(one)...)
	}
	var err error
	if p.sched, err = scheduler.New(cluster); err != nil {
		return nil, err
	}
	bad := unreadable{}
	for i, one := range p.pods {
		switch {
		case bad[one.Workload] != nil:
		case i > 0 && one.like(p.pods[i-1]):
			one.ready = p.sched.Like(p.pods[i-1].ready)
		default:
			if one.ready, err = p.sched.Pod(one.object(a.storage), one.Selector); err != nil {
				bad[one.Workload] = err
			}
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	p.arrive(a.demand)
	return p, nil
}

// unreadable are workloads whose pods kube-scheduler could not read, and why.
type unreadable map[*demand.Workload]error

func (u unreadable) Error() string {
	var all []string
	for w, err := range u {
		all = append(all, fmt.Sprintf("read pod of %s: %v", w.Name, err))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// like reports whether two pods differ in nothing but their name.
func (one *pod) like(other *pod) bool {
	return one.Workload == other.Workload && one.at == "" && len(one.claims) == 0 &&
		!slices.ContainsFunc(one.Template.Spec.Volumes, func(v corev1.Volume) bool { return v.Ephemeral != nil })
}

// add makes the pods of a workload.
func (p *plan) add(w *demand.Workload, s *storage) {
	requests, limits := demand.Requests(w.Template), demand.Limits(w.Template)
	limit, limited := limits[corev1.ResourceMemory]
	one := pod{Workload: w, requests: quantities.Of(requests.Memory()), cpu: quantities.Milli(requests.Cpu()), limits: quantities.Of(&limit), limited: limited}
	if w.PerNode {
		for _, m := range p.machines {
			if takesDaemon(w.Template, m.sees) {
				each := one
				each.name, each.at = w.Name+" on "+m.name, m.name
				p.pods = append(p.pods, &each)
			}
		}
		return
	}
	for i := range w.Pods {
		each := one
		each.name = w.PodName(i)
		each.claims = s.claimsOf(w, i)
		p.pods = append(p.pods, &each)
	}
}

// takesDaemon reports whether the DaemonSet controller makes a pod for a node.
func takesDaemon(template *corev1.Pod, node *corev1.Node) bool {
	fits, err := nodeaffinity.GetRequiredNodeAffinity(template).Match(node)
	if err != nil || !fits {
		return false
	}
	_, tainted := scheduler.Untolerated(node.Spec.Taints, slices.Concat(template.Spec.Tolerations, daemonTolerations()))
	return !tainted
}

// daemonTolerations are those that the DaemonSet controller adds
// (kubernetes.io, DaemonSet, taints and tolerations).
func daemonTolerations() []corev1.Toleration {
	var out []corev1.Toleration
	for _, key := range []string{"not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable", "network-unavailable"} {
		out = append(out, corev1.Toleration{Key: "node.kubernetes.io/" + key, Operator: corev1.TolerationOpExists})
	}
	return out
}

// object is the pod as kube-scheduler gets it.
func (one *pod) object(s *storage) *corev1.Pod {
	out := one.Template.DeepCopy()
	out.Name = one.name
	s.mount(one, out)
	if one.at == "" {
		return out
	}
	out.Spec.Tolerations = append(out.Spec.Tolerations, daemonTolerations()...)
	only := corev1.NodeSelectorRequirement{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{one.at}}
	// As the controller does: the node takes the place of what the template requires.
	if out.Spec.Affinity == nil {
		out.Spec.Affinity = &corev1.Affinity{}
	}
	if out.Spec.Affinity.NodeAffinity == nil {
		out.Spec.Affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	out.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{
		NodeSelectorTerms: []corev1.NodeSelectorTerm{{MatchFields: []corev1.NodeSelectorRequirement{only}}},
	}
	return out
}

// arrive sorts the pods as they reach the scheduler: a unit after those that it
// waits for, and of one unit the important ones first. It numbers them so.
func (p *plan) arrive(d *demand.Demand) {
	place := map[string]int{}
	for i, u := range d.Units {
		place[u.Name] = i + 1
	}
	slices.SortStableFunc(p.pods, func(a, b *pod) int {
		if c := place[a.Unit] - place[b.Unit]; c != 0 {
			return c
		}
		return cmp.Compare(*b.Template.Spec.Priority, *a.Template.Spec.Priority)
	})
	priorities := map[int32]int{}
	for i, one := range p.pods {
		p.of[one.ready] = i
		priorities[*one.Template.Spec.Priority] = 0
	}
	for rank, priority := range slices.Backward(slices.Sorted(maps.Keys(priorities))) {
		priorities[priority] = len(priorities) - 1 - rank
	}
	p.ranks = len(priorities)
	for _, one := range p.pods {
		p.rank = append(p.rank, priorities[*one.Template.Spec.Priority])
	}
}

// lasting are the pods that run until they are replaced, by index.
func (p *plan) lasting() []int {
	return p.that(func(one *pod) bool { return one.Runs == demand.Always })
}

func (p *plan) that(holds func(*pod) bool) []int {
	out := make([]int, 0, len(p.pods))
	for i, one := range p.pods {
		if holds(one) {
			out = append(out, i)
		}
	}
	return out
}

// place lets the pods reach the scheduler in the order given, and returns those that
// stay pending when nothing moves any more. A pod that another one pushes aside is
// made again, and waits with the rest.
func (p *plan) place(st *scheduler.State, order []int, tie func(int) int) []int {
	var waiting []int
	queue := order
	for len(queue) > 0 {
		moved := false
		var next []int
		for _, i := range queue {
			placed := st.Place(p.pods[i].ready, tie)
			for _, out := range placed.Evicted {
				next = append(next, p.of[out])
			}
			if placed.Node == "" {
				next = append(next, i)
				continue
			}
			moved = true
		}
		waiting = next
		if !moved {
			break
		}
		queue = p.byPriority(next)
	}
	slices.Sort(waiting)
	return waiting
}

// byPriority is the order of kube-scheduler's queue for pods that came together.
func (p *plan) byPriority(pods []int) []int {
	return grouping(pods, p.ranks, func(i int) int { return p.rank[i] })
}

// grouping sorts pods by a number below n, and leaves those of one number in their order.
// It takes the same for each pod, however many there are.
func grouping(pods []int, n int, of func(int) int) []int {
	next := make([]int, n+1)
	for _, i := range pods {
		next[of(i)+1]++
	}
	for k := range n {
		next[k+1] += next[k]
	}
	out := make([]int, len(pods))
	for _, i := range pods {
		k := of(i)
		out[next[k]] = i
		next[k]++
	}
	return out
}
