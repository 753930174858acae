package scheduler

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// budget is a disruption budget, read.
type budget struct {
	object   *policyv1.PodDisruptionBudget
	selector labels.Selector
}

func (s *Scheduler) readBudgets() error {
	for _, b := range s.cluster.Budgets {
		selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
		if err != nil {
			return fmt.Errorf("read the selector of budget %s/%s: %w", b.Namespace, b.Name, err)
		}
		s.budgets = append(s.budgets, budget{b, selector})
	}
	return nil
}

func (b *budget) covers(c *class) bool {
	return b.object.Namespace == c.namespace && len(c.labels) > 0 && !b.selector.Empty() && b.selector.Matches(labels.Set(c.labels))
}

// victims are the pods that would give way on a node.
type victims struct {
	node          int
	pods          []*Pod // most important first
	broken        int    // of them, those whose budgets allow no more
	priority, sum int64
	started       int32 // the first of those with the highest priority
}

// preempt finds the node where the eviction of pods of lower priority costs least, as
// DefaultPreemption has it, and places the pod there. kube-scheduler nominates the
// node and tries again when the evicted pods are gone; this is the end of that.
func (st *State) preempt(p *Pod, tie func(n int) int) Placement {
	c := p.class
	if !c.preempts {
		return Placement{}
	}
	var all []victims
	// The verdicts are scratch that the search overwrites nothing of: it judges nodes
	// one by one.
	for i, node := range c.open {
		if st.verdicts[i].evictionHelps() {
			if v, found := st.victimsOn(p, int(node)); found {
				all = append(all, v)
			}
		}
	}
	if len(all) == 0 {
		return Placement{}
	}
	all = cheapest(all)
	st.winners = st.winners[:0]
	for _, v := range all {
		st.winners = append(st.winners, int32(v.node)) //nolint:gosec // far fewer than 2^31 nodes
	}
	node := st.pick(tie)
	var evicted []*Pod
	for _, v := range all {
		if v.node == node {
			evicted = v.pods
		}
	}
	for _, e := range evicted {
		st.stop(e)
	}
	st.bind(p, node)
	st.run(p, node)
	return Placement{Node: st.s.names[node], Best: st.best, Evicted: evicted}
}

// victimsOn finds the pods that must leave a node for the pod to fit. All of lower
// priority leave; then the most important come back while the pod still fits, first
// those that a budget protects.
func (st *State) victimsOn(p *Pod, node int) (victims, bool) {
	var lower []*Pod
	for id, at := range st.node {
		if other := st.s.pods[id]; int(at) == node && other.class.priority < p.class.priority {
			lower = append(lower, other)
		}
	}
	slices.SortFunc(lower, func(a, b *Pod) int {
		return cmp.Or(cmp.Compare(b.class.priority, a.class.priority), cmp.Compare(st.started[a.id], st.started[b.id]))
	})
	protected, others := st.protected(lower)
	for _, v := range lower {
		st.change(v, node, -1)
	}
	defer func() { // those that came back are there already
		for _, v := range lower {
			if st.node[v.id] == nowhere {
				st.node[v.id] = int32(node) //nolint:gosec // far fewer than 2^31 nodes
				st.change(v, node, 1)
			}
		}
	}()
	for _, v := range lower {
		st.node[v.id] = nowhere
	}
	if len(lower) == 0 || !st.takes(p, node) {
		return victims{}, false
	}
	out := victims{node: node, priority: math.MinInt64}
	for i, v := range slices.Concat(protected, others) {
		st.change(v, node, 1)
		if st.takes(p, node) {
			st.node[v.id] = int32(node) //nolint:gosec // far fewer than 2^31 nodes
			continue
		}
		st.change(v, node, -1)
		out.pods = append(out.pods, v)
		if i < len(protected) {
			out.broken++
		}
	}
	slices.SortStableFunc(out.pods, func(a, b *Pod) int { return cmp.Compare(slices.Index(lower, a), slices.Index(lower, b)) })
	for _, v := range out.pods {
		out.sum += int64(v.class.priority) + math.MaxInt32 + 1
	}
	if len(out.pods) > 0 {
		out.priority, out.started = int64(out.pods[0].class.priority), st.started[out.pods[0].id]
	}
	return out, len(out.pods) > 0
}

// takes reports whether a node takes a pod as things are.
func (st *State) takes(p *Pod, node int) bool {
	st.measureSpread(p.class)
	return st.judge(p, p.class, node, st.inUse(p)) == fits
}

// cheapest keeps the candidates that kube-scheduler prefers: fewest broken budgets,
// lowest of the highest priorities, lowest sum of priorities, fewest pods, and the
// most recently started of those with the highest priority.
func cheapest(all []victims) []victims {
	for _, cost := range []func(v victims) int64{
		func(v victims) int64 { return int64(v.broken) },
		func(v victims) int64 { return v.priority },
		func(v victims) int64 { return v.sum },
		func(v victims) int64 { return int64(len(v.pods)) },
		func(v victims) int64 { return -int64(v.started) },
	} {
		low := int64(math.MaxInt64)
		for _, v := range all {
			low = min(low, cost(v))
		}
		all = slices.DeleteFunc(all, func(v victims) bool { return cost(v) > low })
	}
	return all
}

// protected parts pods into those whose eviction, after those before them, a budget
// does not allow, and the others.
func (st *State) protected(pods []*Pod) (protected, others []*Pod) {
	allowed := make([]int64, len(st.s.budgets))
	for i := range allowed {
		allowed[i] = st.allowed(i)
	}
	for _, p := range pods {
		broken := false
		for _, i := range p.class.budgets {
			if _, counted := st.s.budgets[i].object.Status.DisruptedPods[p.Kubernetes.Name]; counted {
				continue
			}
			allowed[i]--
			broken = broken || allowed[i] < 0
		}
		if broken {
			protected = append(protected, p)
		} else {
			others = append(others, p)
		}
	}
	return protected, others
}

// allowed is how many pods a budget lets go: what its status says, or what its spec
// allows of the pods that run now.
func (st *State) allowed(i int) int64 {
	b := st.s.budgets[i].object
	if b.Status.ObservedGeneration != 0 || b.Status.ExpectedPods != 0 || b.Status.DisruptionsAllowed != 0 {
		return int64(b.Status.DisruptionsAllowed)
	}
	running := 0
	for id, node := range st.node {
		if node != nowhere && slices.Contains(st.s.pods[id].class.budgets, int32(i)) { //nolint:gosec // far fewer than 2^31 budgets
			running++
		}
	}
	// A value that does not parse allows nothing.
	if b.Spec.MaxUnavailable != nil {
		most, err := intstr.GetScaledValueFromIntOrPercent(b.Spec.MaxUnavailable, running, true)
		if err != nil {
			return 0
		}
		return int64(max(most, 0))
	}
	if b.Spec.MinAvailable == nil {
		return int64(running)
	}
	least, err := intstr.GetScaledValueFromIntOrPercent(b.Spec.MinAvailable, running, true)
	if err != nil {
		return 0
	}
	return int64(max(running-least, 0))
}
