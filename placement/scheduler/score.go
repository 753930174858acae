package scheduler

import (
	"math"

	"stillsuit.dev/generator/quantities"
)

// Scores of a plugin go from 0 to maxScore; these are their default weights.
const (
	maxScore = 100

	taintWeight, affinityWeight, spreadWeight, interPodWeight = 3, 2, 2, 2
)

// score adds up the weighted scores of the open nodes, into st.total. What is the same
// for all nodes is left out.
func (st *State) score(c *class) {
	st.total, st.raw = st.total[:0], st.raw[:0]
	for range st.open {
		st.raw = append(st.raw, 0)
	}
	for _, node := range st.open {
		total := st.leastAllocated(&c.demand, node) + st.balanced(&c.demand, node)
		if c.images != nil {
			total += c.images[node]
		}
		st.total = append(st.total, total)
	}
	if c.taints != nil {
		st.normalised(c.taints, -taintWeight)
	}
	if c.affinity != nil {
		st.normalised(c.affinity, affinityWeight)
	}
	if len(c.soft) > 0 {
		st.scoreSpread(c)
	}
	if len(c.terms.wanted) > 0 || len(c.valued) > 0 {
		st.scoreInterPod(c)
	}
}

// normalised adds raw scores in relation to the highest of the open nodes. A negative
// weight counts down from maxScore.
func (st *State) normalised(raw []int64, weight int64) {
	var high int64
	for _, node := range st.open {
		high = max(high, raw[node])
	}
	if high == 0 {
		return
	}
	for i, node := range st.open {
		st.total[i] += weight * (maxScore * raw[node] / high)
	}
}

// leastAllocated favours nodes with room: the mean of the free shares of cpu and memory.
func (st *State) leastAllocated(d *demand, node int) int64 {
	r, l := &st.s.room[node], &st.loads[node]
	var sum, n int64
	if r.cpu > 0 {
		sum += freeShare(quantities.Sum(l.runsCPU, d.placedCPU), r.cpu)
		n++
	}
	if r.memory > 0 {
		sum += freeShare(quantities.Sum(l.runsMemory, d.placedMemory), r.memory)
		n++
	}
	if n == 0 {
		return 0
	}
	return sum / n
}

func freeShare(used, room int64) int64 {
	if used > room {
		return 0
	}
	return quantities.Part(room-used, maxScore, room)
}

// balanced favours nodes where the pod brings the used shares of cpu and memory
// closer together. A pod that asks for neither has no say.
func (st *State) balanced(d *demand, node int) int64 {
	if d.cpu == 0 && d.memory == 0 {
		return 0
	}
	r, l := &st.s.room[node], &st.loads[node]
	with := balance(quantities.Sum(l.cpu, d.cpu), quantities.Sum(l.memory, d.memory), r)
	if m := st.s.cluster.Minor; m != 0 && m <= 34 {
		return with
	}
	return maxScore/2 + (maxScore/2+with-l.balance)/2
}

// balance is 100 when cpu and memory are used to the same share, and less by half of
// their difference.
func balance(cpu, memory int64, r *room) int64 {
	if r.cpu == 0 || r.memory == 0 {
		return maxScore
	}
	a := min(float64(cpu)/float64(r.cpu), 1)
	b := min(float64(memory)/float64(r.memory), 1)
	return int64((1 - math.Abs((a-b)/2)) * maxScore)
}

// balance notes how balanced a node is as it is now.
func (st *State) balance(node int) {
	l := &st.loads[node]
	l.balance = balance(l.cpu, l.memory, &st.s.room[node])
}

// scoreInterPod favours nodes near pods that this one wants, or that want it.
func (st *State) scoreInterPod(c *class) {
	clear(st.raw)
	some := st.near(c.terms.wanted)
	some = st.near(c.valued) || some
	if !some {
		return
	}
	var low, high int64 = math.MaxInt64, math.MinInt64
	for i := range st.open {
		low, high = min(low, st.raw[i]), max(high, st.raw[i])
	}
	if high == low {
		return
	}
	for i := range st.open {
		st.total[i] += interPodWeight * int64(maxScore*(float64(st.raw[i]-low)/float64(high-low)))
	}
}

// near adds the weights of counted pods to the open nodes of their domains, and
// reports whether there were any.
func (st *State) near(all []reach) bool {
	some := false
	for _, r := range all {
		if st.totals[r.counter] == 0 {
			continue
		}
		some = true
		counts := st.inDomain(r.counter, r.topology)
		for i, node := range st.open {
			if d := r.topology.of[node]; d >= 0 {
				st.raw[i] += r.weight * int64(counts[d])
			}
		}
	}
	return some
}
