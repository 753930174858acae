package scheduler

// Placement is what became of a pod.
type Placement struct {
	Node string // "" when it stays pending
	// Best are the nodes that share the highest score, by name; after an eviction,
	// those between which kube-scheduler has no preference. nil when the pod is
	// pending. It is valid until the next Place in the same State.
	Best []string
	// Evicted are the pods that give way to this one; they no longer run.
	Evicted []*Pod
}

// Place finds a node for a pending pod by the filters and scores, binds its claims
// there and lets it run. tie picks among n nodes of the same highest score, by number
// in the order of their names; nil takes the first. When no node takes the pod, pods
// of lower priority are evicted if that helps. A pod that runs stays where it is.
func (st *State) Place(p *Pod, tie func(n int) int) Placement {
	st.grow()
	if node := st.residents.node[p.id]; node != nowhere {
		st.best = append(st.best[:0], st.s.names[node])
		return Placement{Node: st.best[0], Best: st.best}
	}
	if p.gate != nil || st.memory.refuses(p.class, len(st.s.classes.list)) && len(p.claims) == 0 {
		return Placement{}
	}
	st.steps++
	st.filter(p)
	if len(st.ranking.open) == 0 {
		out := st.preempt(p, tie)
		if out.Node == "" && len(p.claims) == 0 {
			st.memory.refuse(p.class) // pods with claims have no like
		}
		return out
	}
	st.winners = st.winners[:0]
	if len(st.ranking.open) == 1 {
		st.winners = append(st.winners, st.ranking.open[0])
	} else {
		st.ranking.score(p.class, &st.usage, &st.tally)
		total := st.ranking.total
		high := total[0]
		for i, node := range st.ranking.open {
			if total[i] > high {
				high = total[i]
				st.winners = st.winners[:0]
			}
			if total[i] == high {
				st.winners = append(st.winners, node)
			}
		}
	}
	node := st.pick(tie)
	st.bindings.bind(p, node)
	st.run(p, node)
	return Placement{Node: st.s.names[node], Best: st.best}
}

// pick chooses among the winners, and names them.
func (st *State) pick(tie func(n int) int) int {
	st.best = st.best[:0]
	for _, w := range st.winners {
		st.best = append(st.best, st.s.names[w])
	}
	if tie == nil || len(st.winners) == 1 {
		return int(st.winners[0])
	}
	return int(st.winners[tie(len(st.winners))])
}

// filter finds the nodes that take a pod. Verdicts are of the nodes where nothing
// static refuses.
func (st *State) filter(p *Pod) {
	c := p.class
	st.skews.measure(c, &st.tally)
	st.ranking.open, st.verdicts = st.ranking.open[:0], st.verdicts[:0]
	used := st.bindings.inUse(p)
	for _, node := range c.open {
		v := st.judge(p, c, node, used)
		st.verdicts = append(st.verdicts, v)
		if v == fits {
			st.ranking.open = append(st.ranking.open, node)
		}
	}
}

// judge asks the filters about a node, in the order of the profile, up to the first
// that refuses. The spread must have been measured.
func (st *State) judge(p *Pod, c *class, node int, used bool) verdict {
	if len(c.barred) > 0 && st.tally.held(c.barred, node) {
		return portTaken
	}
	if v := st.usage.resources(&c.demand, node); v != fits {
		return v
	}
	if len(c.disks) > 0 && st.tally.held(c.disks, node) {
		return diskTaken
	}
	if used {
		return claimInUse
	}
	if len(p.claims) > 0 {
		if v := st.bindings.allow(p, node); v != fits {
			return v
		}
	}
	if len(c.hard) > 0 {
		if v := st.skews.allow(c, node); v != fits {
			return v
		}
	}
	if c.terms.together >= 0 || len(c.terms.apart) > 0 || len(c.against) > 0 {
		return st.tally.affinityAllows(c, node)
	}
	return fits
}

// Why says of each node, by name, why it does not take a pod; Filter is empty when it
// would. The pod is judged as if it did not run.
func (st *State) Why(p *Pod) []Refusal {
	st.grow()
	c := p.class
	out := make([]Refusal, 0, len(st.s.nodes))
	if node := st.residents.node[p.id]; node != nowhere {
		st.change(p, node, -1)
		defer st.change(p, node, 1)
	}
	st.filter(p)
	at := 0
	for i, name := range st.s.names {
		var r Refusal
		switch static := c.refused[i]; {
		case c.conflict:
			r = *static
		case p.gate != nil:
			r = *p.gate
		case static != nil:
			r = *static
		default:
			r = st.words(c, st.verdicts[at], i)
		}
		if c.refused[i] == nil {
			at++
		}
		r.Node = name
		out = append(out, r)
	}
	return out
}

// words tells a verdict.
func (st *State) words(c *class, v verdict, node int) Refusal {
	if v == full || v == tooSmall {
		return Refusal{Filter: NodeResourcesFit, Reason: st.usage.lacks(&c.demand, node), Static: v == tooSmall}
	}
	return v.words()
}
