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
	trial := eviction{st, p}
	for i, node := range c.open {
		// Judging one node again leaves the verdicts alone.
		if st.verdicts[i].evictionHelps() {
			if v, found := trial.cost(node); found {
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
	st.bindings.bind(p, node)
	st.run(p, node)
	return Placement{Node: st.s.names[node], Best: st.best, Evicted: evicted}
}

// eviction is the question which pods of a state must leave for a pod.
type eviction struct {
	st  *State
	pod *Pod
}

// cost finds the pods that must leave a node for the pod to fit. Where nothing beyond the
// node has a say, it is the same as long as the node is.
func (e eviction) cost(node int) (victims, bool) {
	c, key := e.pod.class, trial{e.pod.class.id, node}
	alone := len(c.hard)+len(c.terms.apart)+len(c.against)+len(e.pod.claims)+len(e.st.s.budgets) == 0 && c.terms.together < 0
	if known, tried := e.st.memory.tried[key]; alone && tried && known.since == e.st.memory.since[node] {
		return known.victims, known.found
	}
	out := cost{since: e.st.memory.since[node]}
	if lower := e.st.residents.lower(c.priority, node); len(lower) > 0 {
		out.victims, out.found = e.victimsOn(node, lower)
	}
	e.st.memory.tried[key] = out
	return out.victims, out.found
}

// victimsOn finds the pods that must leave a node for the pod to fit. All of lower
// priority leave; then they come back while the pod still fits, first those that a
// budget protects, the most important of each first.
func (e eviction) victimsOn(node int, lower [][]int32) (victims, bool) {
	protected, others := e.st.residents.kept(lower)
	runs := slices.Concat(protected, others)
	for _, run := range runs {
		e.st.change(e.st.s.pods[run[0]], node, -int32(len(run))) //nolint:gosec // pods that run are counted so
	}
	back := make([]int, len(runs))
	defer func() { // this was a trial: those that did not come back do now
		for i, run := range runs {
			e.st.change(e.st.s.pods[run[0]], node, int32(len(run)-back[i])) //nolint:gosec // as above
		}
	}()
	if !e.takes(node) {
		return victims{}, false
	}
	out := victims{node: node, priority: math.MinInt64}
	for i, run := range runs {
		back[i] = e.comeBack(node, run)
		for _, id := range run[back[i]:] {
			out.pods = append(out.pods, e.st.s.pods[id])
		}
		if i < len(protected) {
			out.broken += len(run) - back[i]
		}
	}
	if len(protected) > 0 {
		slices.SortFunc(out.pods, func(a, b *Pod) int {
			return cmp.Or(cmp.Compare(b.class.priority, a.class.priority), cmp.Compare(e.st.residents.started[a.id], e.st.residents.started[b.id]))
		})
	}
	for _, v := range out.pods {
		out.sum += int64(v.class.priority) + math.MaxInt32 + 1
	}
	if len(out.pods) > 0 {
		out.priority, out.started = int64(out.pods[0].class.priority), e.st.residents.started[out.pods[0].id]
	}
	return out, len(out.pods) > 0
}

// comeBack lets as many of like pods come back to a node as leave room for the pod, and
// returns their number. Where one more would be too many, so would any more: but for
// affinity to other pods, which they may fulfil.
func (e eviction) comeBack(node int, run []int32) int {
	like := e.st.s.pods[run[0]]
	fit := func(n int) bool {
		e.st.change(like, node, int32(n)) //nolint:gosec // pods that run are counted so
		if e.takes(node) {
			return true
		}
		e.st.change(like, node, -int32(n)) //nolint:gosec // as above
		return false
	}
	if e.pod.class.terms.together >= 0 {
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
func (e eviction) takes(node int) bool {
	e.st.steps++
	e.st.skews.measure(e.pod.class, &e.st.tally)
	return e.st.judge(e.pod, e.pod.class, node, e.st.bindings.inUse(e.pod)) == fits
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
