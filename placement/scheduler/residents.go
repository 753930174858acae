package scheduler

import (
	"cmp"
	"slices"
)

// run is a number of pods of one class that came to a node one after the other. A pod
// with claims is alone.
type run struct {
	class int
	n     int
	alone bool
}

// residents are the pods that run: where, and since when.
type residents struct {
	s       *Scheduler
	node    []int   // by pod, -1 while it is pending
	started []int32 // by pod, its turn
	turn    int32
	// on are the pods of each node, those that have run longest first, and runs what those
	// of one class make that follow each other.
	on   [][]int32 // their ids
	runs [][]run
}

func (r *residents) copy(from *residents) {
	r.node = append(r.node[:0], from.node...)
	r.started = append(r.started[:0], from.started...)
	r.turn = from.turn
	for node := range r.on {
		r.on[node] = append(r.on[node][:0], from.on[node]...)
		r.runs[node] = append(r.runs[node][:0], from.runs[node]...)
	}
}

// grow makes room for pods that were made since.
func (r *residents) grow() {
	for len(r.node) < len(r.s.pods) {
		r.node = append(r.node, nowhere)
		r.started = append(r.started, 0)
	}
}

// enter notes that a pod has come to a node, after all others there.
func (r *residents) enter(p *Pod, node int) {
	r.turn++
	r.node[p.id], r.started[p.id] = node, r.turn
	r.on[node] = append(r.on[node], int32(p.id)) //nolint:gosec // pods are counted so
	runs, alone := r.runs[node], len(p.claims) > 0
	if last := len(runs) - 1; last >= 0 && runs[last].class == p.class.id && !runs[last].alone && !alone {
		runs[last].n++
		return
	}
	r.runs[node] = append(runs, run{class: p.class.id, n: 1, alone: alone})
}

// leave notes that a pod has gone from its node, and returns that.
func (r *residents) leave(p *Pod) int {
	node := r.node[p.id]
	r.node[p.id] = nowhere
	i, _ := slices.BinarySearchFunc(r.on[node], r.started[p.id], func(other, turn int32) int { return cmp.Compare(r.started[other], turn) })
	r.on[node] = slices.Delete(r.on[node], i, i+1)
	runs := r.runs[node]
	for k := range runs {
		if i < runs[k].n {
			if runs[k].n--; runs[k].n == 0 {
				r.runs[node] = slices.Delete(runs, k, k+1)
			}
			break
		}
		i -= runs[k].n
	}
	return node
}

// lower are the pods that run on a node with a lower priority, most important first: by
// priority, then those that have run longest. They come in runs of like pods, as ids that
// hold until something changes.
func (r *residents) lower(priority int32, node int) [][]int32 {
	var out [][]int32
	of := func(ids []int32) int32 { return r.s.pods[ids[0]].class.priority }
	at, sorted := 0, true
	for _, some := range r.runs[node] {
		ids := r.on[node][at:][:some.n]
		if at += some.n; r.s.classes.list[some.class].priority < priority {
			sorted = sorted && (len(out) == 0 || of(out[len(out)-1]) >= of(ids))
			out = append(out, ids)
		}
	}
	if !sorted {
		slices.SortStableFunc(out, func(a, b []int32) int { return cmp.Compare(of(b), of(a)) })
	}
	return out
}
