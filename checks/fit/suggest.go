package fit

import (
	"slices"
	"strings"

	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// suggested is how many suggestions are kept, and tried how many changes are tried.
const (
	suggested = 3
	tried     = 200
)

// suggest looks for the smallest change with which everything fits: one of a workload
// or a node more, and where none does, several workloads one after the other. Each
// that is kept was tried.
func (a *analysis) suggest() error {
	a.report.Sought = true
	changes := a.changes(a.stuck())
	for _, c := range changes[:min(tried, len(changes))] {
		if len(a.report.Suggestions) == suggested {
			return nil
		}
		left, unlucky, err := a.left(c)
		if err != nil {
			return err
		}
		if left == 0 {
			a.keep([]change{c}, unlucky)
		}
	}
	if len(a.report.Suggestions) > 0 {
		return nil
	}
	return a.suggestSeveral()
}

// suggestSeveral changes one workload after the other, each time the one that leaves
// fewest pods pending.
func (a *analysis) suggestSeveral() error {
	var kept []change
	defer func() {
		for _, c := range slices.Backward(kept) {
			*c.of = c.before
		}
	}()
	other := a
	for range together {
		var best *change
		fewest, chance := 0, 0
		changes := other.changes(other.stuck())
		for i := range changes[:min(tried, len(changes))] {
			c := &changes[i]
			if c.more != nil {
				continue
			}
			left, unlucky, err := a.left(*c)
			if err != nil {
				return err
			}
			if best == nil || left < fewest {
				best, fewest, chance = c, left, unlucky
			}
		}
		if best == nil {
			return nil
		}
		*best.of = best.changed
		kept = append(kept, *best)
		if fewest == 0 {
			a.keep(kept, chance)
			return nil
		}
		var err error
		if other, err = a.again(a.all); err != nil {
			return err
		}
		other.nominal()
	}
	return nil
}

// together is how many workloads are changed at most.
const together = 4

// keep adds changes that were tried together to the report.
func (a *analysis) keep(changes []change, unlucky int) {
	out := Suggestion{Unlucky: unlucky}
	var words, at []string
	for _, c := range changes {
		words = append(words, c.words)
		out.Bytes += c.bytes
		if c.of != nil {
			if place, _ := a.subject.Places.Locate(c.spot); !place.IsZero() {
				at = append(at, place.String())
			}
		}
	}
	out.Change, out.At = strings.Join(words, ", and "), strings.Join(at, ", ")
	a.report.Suggestions = append(a.report.Suggestions, out)
}

// again is an analysis of the same demand on other machines.
func (a *analysis) again(machines []*machine) (*analysis, error) {
	other := &analysis{
		pass: a.pass, subject: a.subject, opts: a.opts, demand: a.demand, all: machines, storage: a.storage, said: map[string]bool{}, report: &Report{},
		namespaces: a.namespaces, services: a.services, budgets: a.budgets,
	}
	var err error
	other.plan, err = other.newPlan(nil)
	return other, err
}

// rare is how many of a hundred orders may be unlucky for pods that are not in question.
const rare = 1

// left is how many pods stay pending with a change in the order of Flux; where none
// does, in how many random orders one does that is in question, or any when that is
// not rare. unlucky is in how many any does.
func (a *analysis) left(c change) (left, unlucky int, err error) {
	machines := a.all
	if c.more != nil {
		machines = append(slices.Clone(machines), c.more)
	} else {
		before := *c.of
		*c.of = c.changed
		defer func() { *c.of = before }()
	}
	other, err := a.again(machines)
	if err != nil {
		return 0, 0, err
	}
	if n := len(other.nominal()); n > 0 {
		return n, 0, nil
	}
	tries := a.tries()
	unlucky, often := other.tryOrders(tries)
	for i, one := range other.plan.pods {
		if often[i] > 0 && a.inQuestion(one.Workload) {
			left = max(left, often[i])
		}
	}
	if unlucky*100 > tries*rare {
		left = max(left, unlucky)
	}
	return left, unlucky, nil
}

// inQuestion reports whether pods of a workload stay pending without a change.
func (a *analysis) inQuestion(w *demand.Workload) bool {
	for i, one := range a.plan.pods {
		if one.Workload == w && (a.state.Node(one.ready) == "" && one.Runs == demand.Always || a.often[i]*100 > a.tries()*rare) {
			return true
		}
	}
	return false
}

// stuck is a state in which pods are pending: that of the order of Flux, or of the
// first random order in which one is.
func (a *analysis) stuck() *scheduler.State {
	waits := func(i int) bool { return a.state.Node(a.plan.pods[i].ready) == "" }
	if slices.ContainsFunc(a.plan.lasting(), waits) {
		return a.state
	}
	for i := range a.tries() {
		st := a.plan.sched.State()
		if len(a.plan.random(a.opts.Seed, i, a.demand, st)) > 0 {
			return st
		}
	}
	return a.state
}
