package scheduler

import "math"

// scoreSpread favours nodes in domains with few of the pods that soft constraints
// count. Small topologies weigh as much as large ones, by the logarithm of their size.
func (r *ranking) scoreSpread(c *class, t *tally) {
	n := len(r.s.nodes)
	scored := 0
	for _, node := range r.open {
		if c.unscored == nil || !c.unscored[node] {
			scored++
		}
	}
	if cap(r.sums) < len(r.open) {
		r.sums = make([]float64, n)
	}
	sums := r.sums[:len(r.open)]
	clear(sums)
	for j := range c.soft {
		s := &c.soft[j]
		counts := r.s.none
		if s.counter >= 0 {
			counts = t.counts[s.counter*n:][:n]
		}
		size := scored
		if !s.perNode {
			size, counts = r.sumDomains(c, s, counts)
		}
		weight, fixed := r.s.logs[size], float64(s.maxSkew-1)
		for i, node := range r.open {
			if d := s.topology.of[node]; d >= 0 {
				at := node
				if !s.perNode {
					at = d
				}
				sums[i] += float64(counts[at])*weight + fixed
			}
		}
	}
	var low, high int64 = math.MaxInt64, 0
	for i, node := range r.open {
		r.raw[i] = int64(math.Round(sums[i]))
		if c.unscored == nil || !c.unscored[node] {
			low, high = min(low, r.raw[i]), max(high, r.raw[i])
		}
	}
	for i, node := range r.open {
		switch {
		case c.unscored != nil && c.unscored[node]:
		case high == 0:
			r.total[i] += spreadWeight * maxScore
		default:
			r.total[i] += spreadWeight * (maxScore * (high + low - r.raw[i]) / high)
		}
	}
}

// sumDomains adds up a soft constraint's counts by domain, and counts the domains that
// the open nodes have. Nodes without the label make one more.
func (r *ranking) sumDomains(c *class, s *spread, counts []int32) (size int, out []int32) {
	if cap(r.domains) < s.topology.n {
		r.domains = make([]int32, s.topology.n)
	}
	out = r.domains[:s.topology.n]
	for d := range out {
		out[d] = absent
	}
	unlabelled := 0
	for _, node := range r.open {
		if c.unscored != nil && c.unscored[node] {
			continue
		}
		d := s.topology.of[node]
		if d < 0 {
			unlabelled = 1
		} else if out[d] == absent {
			out[d] = 0
			size++
		}
	}
	for i, counted := range s.eligible {
		if d := s.topology.of[i]; counted && d >= 0 && out[d] != absent {
			out[d] += counts[i]
		}
	}
	return size + unlabelled, out
}
