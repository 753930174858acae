package scheduler

import "math"

// scoreSpread favours nodes in domains with few of the pods that soft constraints
// count. Small topologies weigh as much as large ones, by the logarithm of their size.
func (st *State) scoreSpread(c *class) {
	n := len(st.s.nodes)
	scored := 0
	for _, node := range st.open {
		if c.unscored == nil || !c.unscored[node] {
			scored++
		}
	}
	if cap(st.sums) < len(st.open) {
		st.sums = make([]float64, n)
	}
	sums := st.sums[:len(st.open)]
	clear(sums)
	for j := range c.soft {
		s := &c.soft[j]
		counts := st.s.none
		if s.counter >= 0 {
			counts = st.counts[s.counter*n:][:n]
		}
		size := scored
		if !s.perNode {
			size, counts = st.sumDomains(c, s, counts)
		}
		weight, fixed := st.s.logs[size], float64(s.maxSkew-1)
		for i, node := range st.open {
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
	for i, node := range st.open {
		st.raw[i] = int64(math.Round(sums[i]))
		if c.unscored == nil || !c.unscored[node] {
			low, high = min(low, st.raw[i]), max(high, st.raw[i])
		}
	}
	for i, node := range st.open {
		switch {
		case c.unscored != nil && c.unscored[node]:
		case high == 0:
			st.total[i] += spreadWeight * maxScore
		default:
			st.total[i] += spreadWeight * (maxScore * (high + low - st.raw[i]) / high)
		}
	}
}

// sumDomains adds up a soft constraint's counts by domain, and counts the domains that
// the open nodes have. Nodes without the label make one more.
func (st *State) sumDomains(c *class, s *spread, counts []int32) (size int, out []int32) {
	if cap(st.domains) < s.topology.n {
		st.domains = make([]int32, s.topology.n)
	}
	out = st.domains[:s.topology.n]
	for d := range out {
		out[d] = absent
	}
	unlabelled := 0
	for _, node := range st.open {
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
