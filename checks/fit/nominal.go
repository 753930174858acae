package fit

import (
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// nominal is a plan as it comes out when pods come in the order of Flux.
type nominal struct {
	*plan
	// state is what runs, and where. What asks what would be if works on a copy.
	state   *scheduler.State
	waiting []int // the pods that stay pending
}

// nominal places the pods as Flux makes them; placed are the nodes on which some run already.
// Jobs have run to their end afterwards, and those of CronJobs wait for their time.
func (p *plan) nominal(placed map[string]string) *nominal {
	out := &nominal{plan: p, state: p.sched.State()}
	order := p.that(func(one *pod) bool { return one.Runs != demand.Timed && placed[one.name] == "" })
	for i := range p.pods {
		if node := placed[p.pods[i].name]; node != "" {
			out.state.Put(p.pods[i].ready, node)
		}
	}
	waiting := p.place(out.state, order, nil)
	for _, i := range p.that(func(one *pod) bool { return one.Runs == demand.Once }) {
		out.state.Remove(p.pods[i].ready)
	}
	if len(waiting) > 0 {
		out.waiting = p.place(out.state, waiting, nil)
	}
	return out
}

// node is where a pod runs, "" while it is pending.
func (n *nominal) node(i int) string { return n.state.Node(n.pods[i].ready) }

// volumes are the nodes on which the volumes of claims lie, in the nominal placement.
func (n *nominal) volumes() map[string]string {
	out := map[string]string{}
	for _, i := range n.lasting() {
		one := n.pods[i]
		node := n.state.Node(one.ready)
		for _, claim := range one.claims {
			if node != "" && n.facts.storage.onNode(claim, one) {
				out[claim] = node
			}
		}
	}
	return out
}
