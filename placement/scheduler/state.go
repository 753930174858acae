package scheduler

// State is which pods run where. It belongs to one goroutine.
type State struct {
	s         *Scheduler
	residents residents
	usage     usage
	tally     tally
	bindings  bindings
	memory    memory

	// What one Place leaves for the next to use again.
	skews    skews
	verdicts []verdict
	ranking  ranking
	winners  []int
	best     []string
	steps    int // how often nodes were judged for a pod
}

const (
	nowhere = -1 // the node of a pending pod, and of a volume that all nodes reach
	lost    = -2 // the node of a volume on a node that is not there
)

// State returns a state in which nothing runs.
func (s *Scheduler) State() *State {
	st := s.blank()
	st.usage = s.unused()
	st.grow()
	st.memory.version = 1
	return st
}

// blank is a state without anything in it.
func (s *Scheduler) blank() *State {
	n := len(s.nodes)
	return &State{
		s:         s,
		residents: residents{s: s, on: make([][]int32, n), runs: make([][]run, n)},
		usage:     usage{s: s},
		tally:     tally{n: n},
		bindings:  bindings{s: &s.storage},
		memory:    memory{since: make([]uint64, n), tried: map[trial]cost{}},
		ranking:   ranking{s: s},
	}
}

// Clone returns a state that is alike and independent.
func (st *State) Clone() *State {
	out := st.s.blank()
	out.Copy(st)
	return out
}

// Copy makes the state like another of the same Scheduler, in the memory that it has.
func (st *State) Copy(from *State) {
	st.residents.copy(&from.residents)
	st.usage.copy(&from.usage)
	st.tally.copy(&from.tally)
	st.bindings.copy(&from.bindings)
	st.memory.forget()
}

// grow makes room for what the Scheduler has learned since: pods, counters, ports,
// claims. Those that run already are counted.
func (st *State) grow() {
	s, t := st.s, &st.tally
	known := len(t.totals)
	if len(st.residents.node) == len(s.pods) && known == len(s.classes.counters) && len(st.bindings.bound) == len(s.storage.claims) && len(t.tokens) == len(s.classes.tokens)*t.n {
		return
	}
	st.residents.grow()
	st.bindings.grow()
	t.grow(&s.classes)
	for id, node := range st.residents.node {
		if node != nowhere && known < len(t.totals) {
			t.count(s.pods[id].class, node, known)
		}
	}
}

// Node returns where a pod runs, "" while it is pending.
func (st *State) Node(p *Pod) string {
	at := st.residents.node
	if p.id >= len(at) || at[p.id] == nowhere {
		return ""
	}
	return st.s.names[at[p.id]]
}

// Put says that a pod runs on a node, whatever the filters say. Its unbound claims of
// local classes are bound there. A node that the cluster does not have is no place, and
// a pod that runs elsewhere stays there.
func (st *State) Put(p *Pod, node string) {
	st.grow()
	i, has := st.s.index[node]
	if !has || st.residents.node[p.id] != nowhere {
		return
	}
	st.bindings.bind(p, i)
	st.run(p, i)
}

// Remove says that a pod no longer runs. Its claims stay bound.
func (st *State) Remove(p *Pod) {
	st.grow()
	if st.residents.node[p.id] != nowhere {
		st.stop(p)
	}
}

// Bind says that the volume of a claim "namespace/name" lies on a node. On a node that
// the cluster does not have, it is out of reach. A claim that it does not have is none.
func (st *State) Bind(claim, node string) {
	st.grow()
	id, known := st.s.storage.claimID[claim]
	if !known {
		return
	}
	i, has := st.s.index[node]
	if !has {
		i = lost
	}
	st.bindings.bound[id] = binding{done: true, node: i}
	st.memory.version++
}

func (st *State) run(p *Pod, node int) {
	st.residents.enter(p, node)
	st.memory.changed(node)
	st.change(p, node, 1)
}

func (st *State) stop(p *Pod) {
	node := st.residents.leave(p)
	st.memory.changed(node)
	st.change(p, node, -1)
}

// change adds what a number of like pods use to a node, or takes it away. Of pods with
// claims it is one.
func (st *State) change(p *Pod, node int, sign int32) {
	st.usage.change(&p.class.demand, node, int64(sign))
	st.tally.change(p.class, node, sign)
	st.bindings.change(p.claims, sign)
}
