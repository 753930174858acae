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

// enter notes that a pod has come to a node, after all others there.
func (st *State) enter(p *Pod, node int) {
	st.on[node] = append(st.on[node], int32(p.id)) //nolint:gosec // pods are counted so
	runs, alone := st.runs[node], len(p.claims) > 0
	if last := len(runs) - 1; last >= 0 && runs[last].class == p.class.id && !runs[last].alone && !alone {
		runs[last].n++
		return
	}
	st.runs[node] = append(runs, run{class: p.class.id, n: 1, alone: alone})
}

// leave notes that a pod has gone from a node.
func (st *State) leave(p *Pod, node int) {
	i, _ := slices.BinarySearchFunc(st.on[node], st.started[p.id], func(other, turn int32) int { return cmp.Compare(st.started[other], turn) })
	st.on[node] = slices.Delete(st.on[node], i, i+1)
	runs := st.runs[node]
	for k := range runs {
		if i < runs[k].n {
			if runs[k].n--; runs[k].n == 0 {
				st.runs[node] = slices.Delete(runs, k, k+1)
			}
			return
		}
		i -= runs[k].n
	}
}

// lower are the pods that run on a node with a lower priority, most important first: by
// priority, then those that have run longest. They come in runs of like pods, as ids that
// hold until something changes.
func (st *State) lower(priority int32, node int) [][]int32 {
	var out [][]int32
	of := func(ids []int32) int32 { return st.s.pods[ids[0]].class.priority }
	at, sorted := 0, true
	for _, r := range st.runs[node] {
		ids := st.on[node][at:][:r.n]
		if at += r.n; st.s.list[r.class].priority < priority {
			sorted = sorted && (len(out) == 0 || of(out[len(out)-1]) >= of(ids))
			out = append(out, ids)
		}
	}
	if !sorted {
		slices.SortStableFunc(out, func(a, b []int32) int { return cmp.Compare(of(b), of(a)) })
	}
	return out
}

// kept parts the pods of runs into those that a budget protects and the others, in runs.
func (st *State) kept(runs [][]int32) (protected, others [][]int32) {
	if len(st.s.budgets) == 0 {
		return nil, runs
	}
	var pods []*Pod
	for _, ids := range runs {
		for _, id := range ids {
			pods = append(pods, st.s.pods[id])
		}
	}
	some, rest := st.protected(pods)
	return alike(some), alike(rest)
}

// alike parts pods into runs of those of one class; a pod with claims is alone.
func alike(pods []*Pod) [][]int32 {
	var out [][]int32
	for i, p := range pods {
		if i == 0 || p.class != pods[i-1].class || len(p.claims)+len(pods[i-1].claims) > 0 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], int32(p.id)) //nolint:gosec // pods are counted so
	}
	return out
}
