package scheduler

// Fits reports whether a node takes a pod now, without moving another.
func (st *State) Fits(p *Pod, node string) bool {
	st.grow()
	i, has := st.s.index[node]
	if !has || p.gate != nil || p.class.refused[i] != nil {
		return false
	}
	st.skews.measure(p.class, &st.tally)
	return st.judge(p, p.class, i, st.bindings.inUse(p)) == fits
}

// Free is the memory of a node that is not asked for, in bytes.
func (st *State) Free(node string) int64 {
	i, has := st.s.index[node]
	if !has {
		return 0
	}
	return st.usage.free(i)
}
