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
	var all []victims
	for i, node := range c.open {
		// Judging one node again leaves the verdicts alone.
		if st.verdicts[i].evictionHelps() {
			if v, found := st.cost(p, node); found {
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

// trial is a class of pods for which others would be evicted from a node, and cost what
// that came to at a version of the node.
type trial struct{ class, node int }

type cost struct {
	since uint64
	victims
	found bool
}

// cost finds the pods that must leave a node for the pod to fit. Where nothing beyond the
// node has a say, it is the same as long as the node is.
func (st *State) cost(p *Pod, node int) (victims, bool) {
	c, key := p.class, trial{p.class.id, node}
	alone := len(c.hard)+len(c.terms.apart)+len(c.against)+len(p.claims)+len(st.s.budgets) == 0 && c.terms.together < 0
	if known, tried := st.tried[key]; alone && tried && known.since == st.since[node] {
		return known.victims, known.found
	}
	out := cost{since: st.since[node]}
	if lower := st.lower(c.priority, node); len(lower) > 0 {
		out.victims, out.found = st.victimsOn(p, node, lower)
	}
	st.tried[key] = out
	return out.victims, out.found
}

// victimsOn finds the pods that must leave a node for the pod to fit. All of lower
// priority leave; then they come back while the pod still fits, first those that a
// budget protects, the most important of each first.
func (st *State) victimsOn(p *Pod, node int, lower [][]int32) (victims, bool) {
	protected, others := st.kept(lower)
	runs := slices.Concat(protected, others)
	for _, run := range runs {
		st.change(st.s.pods[run[0]], node, -int32(len(run))) //nolint:gosec // pods that run are counted so
	}
	back := make([]int, len(runs))
	defer func() { // this was a trial: those that did not come back do now
		for i, run := range runs {
			st.change(st.s.pods[run[0]], node, int32(len(run)-back[i])) //nolint:gosec // as above
		}
	}()
	if !st.takes(p, node) {
		return victims{}, false
	}
	out := victims{node: node, priority: math.MinInt64}
	for i, run := range runs {
		back[i] = st.comeBack(p, node, run)
		for _, id := range run[back[i]:] {
			out.pods = append(out.pods, st.s.pods[id])
		}
		if i < len(protected) {
			out.broken += len(run) - back[i]
		}
	}
	if len(protected) > 0 {
		slices.SortFunc(out.pods, func(a, b *Pod) int {
			return cmp.Or(cmp.Compare(b.class.priority, a.class.priority), cmp.Compare(st.started[a.id], st.started[b.id]))
		})
	}
	for _, v := range out.pods {
		out.sum += int64(v.class.priority) + math.MaxInt32 + 1
	}
	if len(out.pods) > 0 {
		out.priority, out.started = int64(out.pods[0].class.priority), st.started[out.pods[0].id]
	}
	return out, len(out.pods) > 0
}

// comeBack lets as many of like pods come back to a node as leave room for the pod, and
// returns their number. Where one more would be too many, so would any more: but for
// affinity to other pods, which they may fulfil.
func (st *State) comeBack(p *Pod, node int, run []int32) int {
	like := st.s.pods[run[0]]
	fit := func(n int) bool {
		st.change(like, node, int32(n)) //nolint:gosec // pods that run are counted so
		if st.takes(p, node) {
			return true
		}
		st.change(like, node, -int32(n)) //nolint:gosec // as above
		return false
	}
	if p.class.terms.together >= 0 {
		return steps(len(run), 1, fit)
	}
	return steps(len(run), len(run), fit)
}

// steps returns how many of n come in: as many at a time as the first step says, then
// half as many.
func steps(most, first int, fit func(int) bool) int {
	n := 0
	for step := first; step > 0; step /= 2 {
		for n+step <= most && fit(step) {
			n += step
		}
	}
	return n
}

// takes reports whether a node takes a pod as things are.
func (st *State) takes(p *Pod, node int) bool {
	st.steps++
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
