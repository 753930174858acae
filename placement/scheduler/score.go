package scheduler

import "math"

// Scores of a plugin go from 0 to maxScore; these are their default weights.
const (
	maxScore = 100

	taintWeight, affinityWeight, spreadWeight, interPodWeight = 3, 2, 2, 2
)

// ranking scores the nodes that take a pod. What one pod leaves is used again for the next.
type ranking struct {
	s       *Scheduler
	open    []int   // the nodes
	total   []int64 // by open node
	raw     []int64
	domains []int32
	sums    []float64
}

// score adds up the weighted scores of the open nodes, into total. What is the same
// for all nodes is left out.
func (r *ranking) score(c *class, u *usage, t *tally) {
	r.total, r.raw = r.total[:0], r.raw[:0]
	for range r.open {
		r.raw = append(r.raw, 0)
	}
	for _, node := range r.open {
		total := u.leastAllocated(&c.demand, node) + u.balanced(&c.demand, node)
		if c.images != nil {
			total += c.images[node]
		}
		r.total = append(r.total, total)
	}
	if c.taints != nil {
		r.normalised(c.taints, -taintWeight)
	}
	if c.affinity != nil {
		r.normalised(c.affinity, affinityWeight)
	}
	if len(c.soft) > 0 {
		r.scoreSpread(c, t)
	}
	if len(c.terms.wanted) > 0 || len(c.valued) > 0 {
		r.scoreInterPod(c, t)
	}
}

// normalised adds raw scores in relation to the highest of the open nodes. A negative
// weight counts down from maxScore.
func (r *ranking) normalised(raw []int64, weight int64) {
	var high int64
	for _, node := range r.open {
		high = max(high, raw[node])
	}
	if high == 0 {
		return
	}
	for i, node := range r.open {
		r.total[i] += weight * (maxScore * raw[node] / high)
	}
}

// scoreInterPod favours nodes near pods that this one wants, or that want it.
func (r *ranking) scoreInterPod(c *class, t *tally) {
	clear(r.raw)
	some := r.near(c.terms.wanted, t)
	some = r.near(c.valued, t) || some
	if !some {
		return
	}
	var low, high int64 = math.MaxInt64, math.MinInt64
	for i := range r.open {
		low, high = min(low, r.raw[i]), max(high, r.raw[i])
	}
	if high == low {
		return
	}
	for i := range r.open {
		r.total[i] += interPodWeight * int64(maxScore*(float64(r.raw[i]-low)/float64(high-low)))
	}
}

// near adds the weights of counted pods to the open nodes of their domains, and
// reports whether there were any.
func (r *ranking) near(all []reach, t *tally) bool {
	some := false
	for _, to := range all {
		if t.totals[to.counter] == 0 {
			continue
		}
		some = true
		r.domains = t.inDomain(r.domains, to.counter, to.topology)
		counts := r.domains
		for i, node := range r.open {
			if d := to.topology.of[node]; d >= 0 {
				r.raw[i] += to.weight * int64(counts[d])
			}
		}
	}
	return some
}
