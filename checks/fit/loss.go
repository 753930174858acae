package fit

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// lossOrders is how many random orders are tried for each loss.
const lossOrders = 50

// lossTrial takes nodes away from what runs.
type lossTrial struct {
	demand *demand.Demand
	before *nominal
	lie    map[string]string // the nodes of the claims' volumes
	uses   *dependencies
	seed   uint64
}

// losses takes each node away, and each board with several.
func (t *lossTrial) losses() ([]Loss, error) {
	var out []Loss
	lose := func(what string, nodes []string) error {
		l, err := t.lose(what, nodes)
		out = append(out, l)
		return err
	}
	boards := map[string][]string{}
	for _, m := range t.before.machines {
		if m.Board != "" {
			boards[m.Board] = append(boards[m.Board], m.name)
		}
	}
	for _, m := range t.before.machines {
		if err := lose("node "+m.name, []string{m.name}); err != nil {
			return nil, err
		}
	}
	for _, board := range slices.Sorted(maps.Keys(boards)) {
		if len(boards[board]) > 1 {
			if err := lose("board "+board, boards[board]); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// lose finds what happens when nodes are gone for good: what ran there is made
// again, and finds another node or waits.
func (t *lossTrial) lose(what string, nodes []string) (Loss, error) {
	out := Loss{What: what, Nodes: nodes, Orders: lossOrders, Moves: map[string]string{}, Down: map[string]string{}, Pending: map[string]string{}}
	left := slices.DeleteFunc(slices.Clone(t.before.machines), func(m *machine) bool { return slices.Contains(nodes, m.name) })
	rest, err := t.before.facts.plan(t.demand, left)
	if err != nil {
		return out, err
	}
	base, moved := t.survivors(rest, nodes)
	st := base.Clone()
	moved = rest.byPriority(moved)
	waiting := rest.place(st, moved, nil)
	ran := map[string]bool{}
	for _, i := range moved {
		one := rest.pods[i]
		ran[one.name] = true
		if node := st.Node(one.ready); node != "" {
			out.Moves[one.name] = node
		}
	}
	var down causes
	for _, i := range waiting {
		one := rest.pods[i]
		why := st.Why(one.ready)
		_, static := rest.nearest(one, why)
		text := outcome.Grouped(outcome.Reasons(why))
		if static && len(rest.machines) > 0 {
			because, data := t.lost(one, nodes)
			if !data {
				because = rest.cause(one, why, nil)
			}
			down.add(because, one.name)
		}
		switch {
		case static && len(rest.machines) > 0:
			out.Down[one.name] = text
		case static:
			out.Down[one.name] = "no node is left"
		default:
			out.Pending[one.name] = text
		}
		if !ran[one.name] {
			out.Aside = append(out.Aside, one.name)
		}
	}
	often := make([]int, len(rest.pods))
	for _, left := range parallel(lossOrders, base, func(i int, st *scheduler.State) []int {
		rng := rand.New(rand.NewPCG(t.seed, uint64(i))) //nolint:gosec // it chooses orders, and no secrets
		order := slices.Clone(moved)
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		return rest.place(st, rest.byPriority(order), rng.IntN)
	}) {
		if len(left) > len(waiting) {
			out.Unlucky++
		}
		for _, i := range left {
			often[i]++
		}
	}
	out.Pods, out.Causes = varying(rest, waiting, often), down.list()
	running := rest.running(st)
	out.Gone = t.uses.gone(t.before, running)
	out.Affected = t.uses.losers(out.Gone)
	out.Degraded = t.uses.degraded(out.Gone, out.Affected)
	out.Alerting = t.uses.alerting(running)
	return out, nil
}

// varying are the pods that wait in some orders and not in others, with how often.
func varying(rest *plan, waiting, often []int) map[string]int {
	out := map[string]int{}
	usual := make([]int, len(often))
	for _, i := range waiting {
		usual[i] = lossOrders
	}
	for i, n := range often {
		if n != usual[i] {
			out[rest.pods[i].name] = n
		}
	}
	return out
}

// survivors is the state of the nodes that are left, and the pods that must be made
// again. Volumes stay where they are.
func (t *lossTrial) survivors(rest *plan, down []string) (*scheduler.State, []int) {
	st := rest.sched.State()
	where := map[string]string{}
	for _, i := range t.before.lasting() {
		where[t.before.pods[i].name] = t.before.node(i)
	}
	var moved []int
	for _, i := range rest.lasting() {
		one := rest.pods[i]
		switch node := where[one.name]; {
		case node != "" && !slices.Contains(down, node):
			st.Put(one.ready, node)
		case node != "":
			moved = append(moved, i)
		}
	}
	for claim, node := range t.lie {
		st.Bind(claim, node)
	}
	return st, moved
}

// running are the workloads of which a pod runs.
func (p *plan) running(st *scheduler.State) map[*demand.Workload]bool {
	out := map[*demand.Workload]bool{}
	for _, i := range p.lasting() {
		if st.Node(p.pods[i].ready) != "" {
			out[p.pods[i].Workload] = true
		}
	}
	return out
}

// tellLosses reports what is easily missed: pods for which there is no room, and that
// nothing sends alerts.
func tellLosses(pass *checks.Pass, uses *dependencies, losses []Loss) {
	silent := map[string]bool{} // nodes
	for _, l := range losses {
		tellLoss(pass, l)
		if l.Alerting != outcome.AlertingNo {
			continue
		}
		if !slices.ContainsFunc(l.Nodes, func(n string) bool { return silent[n] }) { // a board is down with its node
			tellSilence(pass, uses, l)
		}
		for _, n := range l.Nodes {
			silent[n] = true
		}
	}
}

// spot is the node that is lost, or the board that it is on.
func spot(l Loss) inventory.Spot {
	at := inventory.Spot{Node: l.Nodes[0]}
	if strings.HasPrefix(l.What, "board ") {
		at.Path = []string{"board"}
	}
	return at
}

// tellSilence reports that nothing sends alerts while nodes are down.
func tellSilence(pass *checks.Pass, uses *dependencies, l Loss) {
	var down []string
	for _, w := range uses.workloads {
		for i := range w.Pods {
			_, never := l.Down[w.PodName(i)]
			_, full := l.Pending[w.PodName(i)]
			if (never || full) && alerts(uses.cluster, w) {
				down = append(down, w.PodName(i))
			}
		}
	}
	pass.Warn(spot(l), "fit/no-alerts", fmt.Sprintf("nothing sends alerts while %s is down", l.Name()), "alerts come from "+outcome.Few(down)+", which cannot run anywhere else",
		"use storage that other nodes can reach, or let a service outside the cluster check it and suppress this finding")
}

func tellLoss(pass *checks.Pass, l Loss) {
	if pods := slices.Sorted(maps.Keys(l.Pending)); len(pods) > 0 {
		pass.Note(spot(l), "fit/loss", fmt.Sprintf("without %s, there is no room for %s", l.Name(), outcome.Few(pods)),
			outcome.Verb(pods, "the pod stays", "the pods stay")+" pending until it is back", "lower requests, or set `importance: \"low\"` on apps that can make room for them")
	}
}

// lossCodes documents what is reported here.
func lossCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/loss", Title: "pods stay pending when a node fails",
			Plural:  "pods stay pending when one of %d nodes or boards fails",
			Text:    "The pods of a failed node are created again on the other nodes, the important ones first. These find no room there. They stay pending until the node is back or something else makes room, which may be fine with you: then suppress the finding. Pods whose volume or device is on the failed node are down in any case and not reported here; `stillsuit fit` lists them.",
			Example: "importance: \"low\"    // on apps that can make room for them",
		},
		{
			Code: "fit/no-alerts", Former: []finding.Code{"fit/blind"}, Title: "nothing sends alerts while a node is down",
			Plural:  "nothing sends alerts while one of %d nodes is down",
			Text:    "The pods that scrape metrics or send alerts run on this node and cannot run on another: their volume is here, or there is no room. So nothing in the cluster reports that the node is down. Something outside the cluster must notice, such as a service that opens your apps from time to time. A heartbeat alone does not: other nodes still send it.",
			Example: "apps: heartbeat: from: \"heartbeat\"",
		},
	}
}
