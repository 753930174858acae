package fit

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/scheduler"
)

// lossOrders is how many random orders are tried for each loss.
const lossOrders = 50

// losses takes each node away, and each board with several.
func (a *analysis) losses() error {
	boards := map[string][]string{}
	for _, m := range a.all {
		if m.Board != "" {
			boards[m.Board] = append(boards[m.Board], m.name)
		}
	}
	for _, m := range a.all {
		if err := a.lose("node "+m.name, []string{m.name}); err != nil {
			return err
		}
	}
	for _, board := range slices.Sorted(maps.Keys(boards)) {
		if len(boards[board]) > 1 {
			if err := a.lose("board "+board, boards[board]); err != nil {
				return err
			}
		}
	}
	return nil
}

// lose reports what happens when nodes are gone for good: what ran there is made
// again, and finds another node or waits.
func (a *analysis) lose(what string, nodes []string) error {
	out := Loss{What: what, Nodes: nodes, Orders: lossOrders, Moves: map[string]string{}, Down: map[string]string{}, Pending: map[string]string{}}
	down := map[string]bool{}
	for _, n := range nodes {
		down[n] = true
	}
	rest, err := a.newPlan(down)
	if err != nil {
		return err
	}
	base, moved := a.survivors(rest, down)
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
	for _, i := range waiting {
		one := rest.pods[i]
		why := st.Why(one.ready)
		_, static := a.nearest(one, why)
		text := grouped(reasons(why))
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
		rng := rand.New(rand.NewPCG(a.opts.Seed, uint64(i))) //nolint:gosec // it chooses orders, and no secrets
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
	out.Pods = varying(rest, waiting, often)
	a.consequences(&out, rest, st)
	a.report.Losses = append(a.report.Losses, out)
	a.tellLoss(out)
	return nil
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
func (a *analysis) survivors(rest *plan, down map[string]bool) (*scheduler.State, []int) {
	st := rest.sched.State()
	where := map[string]string{}
	for _, i := range a.plan.lasting() {
		one := a.plan.pods[i]
		where[one.name] = a.state.Node(one.ready)
	}
	var moved []int
	for _, i := range rest.lasting() {
		one := rest.pods[i]
		switch node := where[one.name]; {
		case node != "" && !down[node]:
			st.Put(one.ready, node)
		case node != "":
			moved = append(moved, i)
		}
	}
	for claim, node := range a.lie {
		st.Bind(claim, node)
	}
	return st, moved
}

// volumes are the nodes on which the volumes of claims lie, in the nominal placement.
func (a *analysis) volumes() map[string]string {
	out := map[string]string{}
	for _, i := range a.plan.lasting() {
		one := a.plan.pods[i]
		node := a.state.Node(one.ready)
		for _, claim := range one.claims {
			if node != "" && a.storage.onNode(claim, one) {
				out[claim] = node
			}
		}
	}
	return out
}

// tellLoss reports what nobody would expect: pods for which no room is left, and
// alerts that nobody raises.
func (a *analysis) tellLoss(l Loss) {
	if len(a.all) < 2 || len(a.report.Pending) > 0 {
		return // it is the whole cluster, or does not hold everything as it is
	}
	at := inventory.Spot{Node: l.Nodes[0]}
	if strings.HasPrefix(l.What, "board ") {
		at.Labels = []string{"board"}
	}
	if len(l.Pending) > 0 {
		a.pass.Note(at, "fit/loss", fmt.Sprintf("without %s, no room is left for %s", l.What, few(slices.Sorted(maps.Keys(l.Pending)))),
			"the others have none to spare, so they wait until it is back", "nothing, if they may wait; else lower requests, or mark what may give way (importance: \"low\")")
	}
	if l.Alerting == alertingNo {
		a.pass.Note(at, "fit/blind", fmt.Sprintf("without %s, nothing raises alerts", l.What), "that is when one is needed", "watch the cluster from outside too, as a heartbeat does")
	}
}
