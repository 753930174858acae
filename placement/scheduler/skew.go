package scheduler

import "math"

// absent marks a domain without a node that counts.
const absent = math.MinInt32

// skews are how evenly the pods of hard constraints are spread. What one pod leaves is
// used again for the next.
type skews struct{ measures []measure }

// measure is scratch: the pods in each domain of a hard constraint, and the fewest.
type measure struct {
	count []int32
	least int32
}

// measure counts the pods in each domain of the hard constraints.
func (k *skews) measure(c *class, t *tally) {
	for j := range c.hard {
		h := &c.hard[j]
		m := k.at(j, h.topology.n)
		for d := range m.count {
			m.count[d] = absent
		}
		domains := int32(0)
		for i, counts := range h.eligible {
			if !counts {
				continue
			}
			d := h.topology.of[i]
			if m.count[d] == absent {
				m.count[d] = 0
				domains++
			}
			if h.counter >= 0 {
				m.count[d] += t.counts[h.counter*t.n+i]
			}
		}
		m.least = 0
		if domains >= h.minDomains {
			m.least = math.MaxInt32
			for _, count := range m.count {
				if count != absent {
					m.least = min(m.least, count)
				}
			}
		}
	}
}

func (k *skews) at(j, domains int) *measure {
	for len(k.measures) <= j {
		k.measures = append(k.measures, measure{})
	}
	m := &k.measures[j]
	if cap(m.count) < domains {
		m.count = make([]int32, domains)
	}
	m.count = m.count[:domains]
	return m
}

// allow judges PodTopologySpread on a node, after measure.
func (k *skews) allow(c *class, node int) verdict {
	for j := range c.hard {
		h := &c.hard[j]
		d := h.topology.of[node]
		if d < 0 {
			return spreadUnlabelled
		}
		m := &k.measures[j]
		if max(m.count[d], 0)+h.self-m.least > h.maxSkew {
			return spreadUneven
		}
	}
	return fits
}
