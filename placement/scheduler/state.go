package scheduler

import "stillsuit.dev/generator/quantities"

// State is which pods run where. It belongs to one goroutine.
type State struct {
	s       *Scheduler
	loads   []load
	scalars []int64 // extended resources in use: resource × node
	node    []int   // by pod, -1 while it is pending
	started []int32 // by pod, its turn
	turn    int32
	counts  []int32 // counter × node
	totals  []int32 // by counter
	tokens  []int32 // token × node
	bound   []binding
	users   []int32 // by claim, pods that run with it

	// version counts the changes, and refused has by class the version at which no node
	// took a pod of it: until something changes, none takes another one.
	version uint64
	refused []uint64
	// on are the pods of each node, those that have run longest first, runs what those of
	// one class make that follow each other, since is the version of the last change there,
	// and tried what evictions on a node cost for a class.
	on    [][]int32 // their ids
	runs  [][]run
	since []uint64
	tried map[trial]cost

	scratch
}

// scratch is what one Place leaves for the next to use again.
type scratch struct {
	steps    int // how often nodes were judged for a pod
	open     []int
	verdicts []verdict
	measures []measure
	domains  []int32
	total    []int64
	raw      []int64
	best     []string
	winners  []int
	sums     []float64
}

const (
	nowhere = -1 // the node of a pending pod, and of a volume that all nodes reach
	lost    = -2 // the node of a volume on a node that is not there
)

// State returns a state in which nothing runs.
func (s *Scheduler) State() *State {
	st := &State{
		s: s, loads: make([]load, len(s.nodes)), scalars: make([]int64, len(s.scalars)),
		on: make([][]int32, len(s.nodes)), runs: make([][]run, len(s.nodes)), since: make([]uint64, len(s.nodes)), tried: map[trial]cost{},
	}
	for i := range st.loads {
		st.balance(i)
	}
	st.grow()
	st.version = 1
	return st
}

// Clone returns a state that is alike and independent.
func (st *State) Clone() *State {
	out := &State{s: st.s, on: make([][]int32, len(st.on)), runs: make([][]run, len(st.on)), since: make([]uint64, len(st.on)), tried: map[trial]cost{}}
	out.Copy(st)
	return out
}

// Copy makes the state like another of the same Scheduler, in the memory that it has.
func (st *State) Copy(from *State) {
	st.loads = append(st.loads[:0], from.loads...)
	st.scalars = append(st.scalars[:0], from.scalars...)
	st.node = append(st.node[:0], from.node...)
	st.started = append(st.started[:0], from.started...)
	st.turn = from.turn
	st.counts = append(st.counts[:0], from.counts...)
	st.totals = append(st.totals[:0], from.totals...)
	st.tokens = append(st.tokens[:0], from.tokens...)
	st.bound = append(st.bound[:0], from.bound...)
	st.users = append(st.users[:0], from.users...)
	for node := range st.on {
		st.on[node] = append(st.on[node][:0], from.on[node]...)
		st.runs[node] = append(st.runs[node][:0], from.runs[node]...)
	}
	clear(st.tried)
	st.version++
}

// grow makes room for what the Scheduler has learned since: pods, counters, ports,
// claims. Those that run already are counted.
func (st *State) grow() {
	s := st.s
	if len(st.node) == len(s.pods) && len(st.totals) == len(s.counters) && len(st.bound) == len(s.claims) && len(st.tokens) == len(s.tokens)*len(s.nodes) {
		return
	}
	for len(st.node) < len(s.pods) {
		st.node = append(st.node, nowhere)
		st.started = append(st.started, 0)
	}
	for len(st.bound) < len(s.claims) {
		st.bound = append(st.bound, binding{node: nowhere})
		st.users = append(st.users, 0)
	}
	known, n := len(st.totals), len(s.nodes)
	st.totals = append(st.totals, make([]int32, len(s.counters)-known)...)
	st.counts = append(st.counts, make([]int32, len(s.counters)*n-len(st.counts))...)
	st.tokens = append(st.tokens, make([]int32, len(s.tokens)*n-len(st.tokens))...)
	for id, node := range st.node {
		if node == nowhere || known == len(s.counters) {
			continue
		}
		for _, counter := range s.pods[id].class.counted {
			if counter >= known {
				st.counts[counter*n+node]++
				st.totals[counter]++
			}
		}
	}
}

// Node returns where a pod runs, "" while it is pending.
func (st *State) Node(p *Pod) string {
	if p.id >= len(st.node) || st.node[p.id] == nowhere {
		return ""
	}
	return st.s.names[st.node[p.id]]
}

// Put says that a pod runs on a node, whatever the filters say. Its unbound claims of
// local classes are bound there. A node that the cluster does not have is no place, and
// a pod that runs elsewhere stays there.
func (st *State) Put(p *Pod, node string) {
	st.grow()
	i, has := st.s.index[node]
	if !has || st.node[p.id] != nowhere {
		return
	}
	st.bind(p, i)
	st.run(p, i)
}

// Remove says that a pod no longer runs. Its claims stay bound.
func (st *State) Remove(p *Pod) {
	st.grow()
	if st.node[p.id] != nowhere {
		st.stop(p)
	}
}

func (st *State) run(p *Pod, node int) {
	st.turn++
	st.version++
	st.node[p.id], st.started[p.id] = node, st.turn
	st.since[node] = st.version
	st.enter(p, node)
	st.change(p, node, 1)
}

func (st *State) stop(p *Pod) {
	node := st.node[p.id]
	st.version++
	st.since[node] = st.version
	st.leave(p, node)
	st.node[p.id] = nowhere
	st.change(p, node, -1)
}

// change adds what a number of like pods use to a node, or takes it away. Of pods with
// claims it is one.
func (st *State) change(p *Pod, node int, sign int32) {
	c, n := p.class, len(st.s.nodes)
	st.loads[node].add(&c.demand, int64(sign))
	st.balance(node)
	for _, a := range c.demand.scalars {
		used := &st.scalars[a.id*n+node]
		*used = quantities.Sum(*used, int64(sign)*a.n)
	}
	for _, id := range c.counted {
		st.counts[id*n+node] += sign
		st.totals[id] += sign
	}
	for _, id := range c.tokens {
		st.tokens[id*n+node] += sign
	}
	for _, id := range p.claims {
		st.users[id] += sign
	}
}
