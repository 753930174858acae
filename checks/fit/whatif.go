package fit

import (
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/scheduler"
)

// whatIf compares a cluster of which nodes were taken away with all of it. A nil one
// compares nothing.
type whatIf struct {
	without []string
	whole   *nominal
	empty   *scheduler.State // of the whole, without pods
	pods    map[string]int   // of the whole, by name
}

// whatIfOf places the pods on all nodes too, when some were taken away.
func whatIfOf(f *facts, asked requested, all []*machine, opts *Options) (*whatIf, error) {
	if len(opts.Without) == 0 {
		return nil, nil
	}
	p, err := f.plan(asked.Demand, all)
	if err != nil {
		return nil, err
	}
	w := &whatIf{without: slices.Sorted(slices.Values(opts.Without)), whole: p.nominal(opts.Placed), empty: p.sched.State(), pods: map[string]int{}}
	for i, one := range p.pods {
		w.pods[one.name] = i
	}
	return w, nil
}

// had are the nodes that were taken away and would take a pod if nothing else ran.
func (w *whatIf) had(one *pod) []string {
	if w == nil {
		return nil
	}
	i, known := w.pods[one.name]
	if !known {
		return nil
	}
	var out []string
	for _, r := range w.empty.Why(w.whole.pods[i].ready) {
		if !r.Static && slices.Contains(w.without, r.Node) {
			out = append(out, r.Node)
		}
	}
	return out
}

// each calls a function with each of the pods that somebody declared, why it finds no node,
// and whether one that was taken away would take it. Pods that are alike have one cause.
func (w *whatIf) each(n *nominal, waiting []int, do func(one *pod, why cause, had bool)) {
	var last *pod
	var why cause
	var had []string
	for _, i := range waiting {
		one := n.pods[i]
		if one.Grants {
			continue
		}
		if last == nil || !one.like(last) {
			had = w.had(one)
			why = n.cause(one, n.state.Why(one.ready), had)
		}
		last = one
		do(one, why, len(had) > 0)
	}
}

// outcome says what becomes of the pods that ran on the nodes.
func (w *whatIf) outcome(n *nominal) *Without {
	if w == nil {
		return nil
	}
	out := &Without{Nodes: w.without, Moves: map[string]string{}}
	lie := w.whole.volumes()
	for _, i := range n.lasting() {
		one := n.pods[i]
		before, known := w.pods[one.name]
		if !known || n.node(i) == "" || !slices.Contains(w.without, w.whole.node(before)) {
			continue
		}
		out.Moves[one.name] = n.node(i)
		if slices.ContainsFunc(one.claims, func(key string) bool { return slices.Contains(w.without, lie[key]) }) {
			out.Empty = append(out.Empty, one.name)
		}
	}
	slices.Sort(out.Empty)
	return out
}

// tell reports, once for each cause, the pods that would run on the nodes and cannot
// elsewhere. It returns the workloads that it has reported.
func (w *whatIf) tell(pass *checks.Pass, n *nominal) func(*pod) bool {
	if w == nil {
		return func(*pod) bool { return false }
	}
	var all causes
	done := map[string]bool{}
	w.each(n, n.waiting, func(one *pod, why cause, had bool) {
		if why.never && had {
			all.add(why, one.name)
			done[one.name] = true
		}
	})
	for _, c := range all.list() {
		pass.Error(inventory.Spot{Node: w.without[0]}, "fit/no-node",
			finding.Count(len(c.Pods), "pod")+" cannot start without "+finding.All(w.without)+": "+c.Because, outcome.Verb(c.Pods, "the pod is ", "the pods are ")+finding.All(c.Pods), "keep the node, or change what ties the pods to it")
	}
	return func(one *pod) bool { return done[one.name] }
}
