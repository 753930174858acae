package scheduler

import (
	"cmp"
	"math"
	"slices"
)

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
	lower := st.lower(c.priority)
	if lower == nil {
		return Placement{}
	}
	var all []victims
	for i, node := range c.open {
		// Judging one node again leaves the verdicts alone.
		if st.verdicts[i].evictionHelps() && len(lower[node]) > 0 {
			if v, found := st.victimsOn(p, node, lower[node]); found {
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
		st.winners = append(st.winners, v.node)
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

// lower are the pods that run with a lower priority, by node, most important first:
// by priority, then those that have run longest. nil when there are none.
func (st *State) lower(priority int32) [][]*Pod {
	var out [][]*Pod
	for id, node := range st.node {
		if p := st.s.pods[id]; node != nowhere && p.class.priority < priority {
			if out == nil {
				out = make([][]*Pod, len(st.s.nodes))
			}
			out[node] = append(out[node], p)
		}
	}
	for _, pods := range out {
		slices.SortFunc(pods, func(a, b *Pod) int {
			return cmp.Or(cmp.Compare(b.class.priority, a.class.priority), cmp.Compare(st.started[a.id], st.started[b.id]))
		})
	}
	return out
}

// victimsOn finds the pods that must leave a node for the pod to fit. All of lower
// priority leave; then they come back while the pod still fits, first those that a
// budget protects, the most important of each first.
func (st *State) victimsOn(p *Pod, node int, lower []*Pod) (victims, bool) {
	protected, others := st.protected(lower)
	for _, v := range lower {
		st.node[v.id] = nowhere
		st.change(v, node, -1)
	}
	defer func() { // this was a trial: those that did not come back do now
		for _, v := range lower {
			if st.node[v.id] == nowhere {
				st.node[v.id] = node
				st.change(v, node, 1)
			}
		}
	}()
	if !st.takes(p, node) {
		return victims{}, false
	}
	out := victims{node: node, priority: math.MinInt64}
	for i, v := range slices.Concat(protected, others) {
		st.change(v, node, 1)
		if st.takes(p, node) {
			st.node[v.id] = node
			continue
		}
		st.change(v, node, -1)
		out.pods = append(out.pods, v)
		if i < len(protected) {
			out.broken++
		}
	}
	slices.SortFunc(out.pods, func(a, b *Pod) int { return cmp.Compare(slices.Index(lower, a), slices.Index(lower, b)) })
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
