package scheduler

import "slices"

// tally is how many pods of each kind run on each node, and what they hold there.
type tally struct {
	n      int     // nodes
	counts []int32 // counter × node
	totals []int32 // by counter
	tokens []int32 // token × node
}

func (t *tally) copy(from *tally) {
	t.counts = append(t.counts[:0], from.counts...)
	t.totals = append(t.totals[:0], from.totals...)
	t.tokens = append(t.tokens[:0], from.tokens...)
}

// grow makes room for counters and tokens that are known since.
func (t *tally) grow(known *classes) {
	t.totals = append(t.totals, make([]int32, len(known.counters)-len(t.totals))...)
	t.counts = append(t.counts, make([]int32, len(known.counters)*t.n-len(t.counts))...)
	t.tokens = append(t.tokens, make([]int32, len(known.tokens)*t.n-len(t.tokens))...)
}

// count adds a pod of a class to a node, in the counters from a number on.
func (t *tally) count(c *class, node, from int) {
	for _, id := range c.counted {
		if id >= from {
			t.counts[id*t.n+node]++
			t.totals[id]++
		}
	}
}

// change adds a number of pods of a class to a node, or takes them away.
func (t *tally) change(c *class, node int, sign int32) {
	for _, id := range c.counted {
		t.counts[id*t.n+node] += sign
		t.totals[id] += sign
	}
	for _, id := range c.tokens {
		t.tokens[id*t.n+node] += sign
	}
}

// held reports whether one of the tokens is held on a node.
func (t *tally) held(tokens []int, node int) bool {
	for _, id := range tokens {
		if t.tokens[id*t.n+node] > 0 {
			return true
		}
	}
	return false
}

// inDomain adds up a counter over the domains of a topology, into scratch, which it returns.
func (t *tally) inDomain(scratch []int32, counter int, over *topology) []int32 {
	if cap(scratch) < over.n {
		scratch = make([]int32, over.n)
	}
	out := scratch[:over.n]
	clear(out)
	for i, count := range t.counts[counter*len(over.of) : (counter+1)*len(over.of)] {
		if d := over.of[i]; d >= 0 {
			out[d] += count
		}
	}
	return out
}

// affinityAllows judges InterPodAffinity on a node.
func (t *tally) affinityAllows(c *class, node int) verdict {
	if c.terms.together >= 0 && !t.together(c, node) {
		return affinityUnmet
	}
	for _, r := range c.terms.apart {
		if t.anyNear(r, node) {
			return antiAffinityOwn
		}
	}
	for _, r := range c.against {
		if t.anyNear(r, node) {
			return antiAffinityOthers
		}
	}
	return fits
}

// anyNear reports whether a pod that is counted runs in the domain of a node.
func (t *tally) anyNear(r reach, node int) bool {
	d := r.topology.of[node]
	if d < 0 || t.totals[r.counter] == 0 {
		return false
	}
	counts := t.counts[r.counter*len(r.topology.of):][:len(r.topology.of)]
	if counts[node] > 0 {
		return true
	}
	if r.topology.n == len(r.topology.of) {
		return false // each node is a domain
	}
	for i, count := range counts {
		if count > 0 && r.topology.of[i] == d {
			return true
		}
	}
	return false
}

// together judges required affinity on a node. The first of pods that want to be
// together finds none, and may run anywhere that has the labels.
func (t *tally) together(c *class, node int) bool {
	for _, by := range c.terms.near {
		if by.of[node] < 0 {
			return false
		}
	}
	met := true
	for _, by := range c.terms.near {
		met = met && t.anyNear(reach{counter: c.terms.together, topology: by}, node)
	}
	return met || c.terms.self && !t.anyLabelled(c)
}

// anyLabelled reports whether a pod that matches the required terms of the class runs
// on a node with one of their labels.
func (t *tally) anyLabelled(c *class) bool {
	if t.totals[c.terms.together] == 0 {
		return false
	}
	n := t.n
	for i, count := range t.counts[c.terms.together*n:][:n] {
		if count > 0 && slices.ContainsFunc(c.terms.near, func(by *topology) bool { return by.of[i] >= 0 }) {
			return true
		}
	}
	return false
}
