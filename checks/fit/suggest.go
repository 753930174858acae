package fit

import (
	"slices"
	"strings"

	"stillsuit.dev/inventory"
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
func suggest(places inventory.Locator, opts *Options, d *demand.Demand, n *nominal, luck luck) ([]Suggestion, error) {
	t := &changeTrial{demand: d, opts: opts, before: n, luck: luck}
	var out []Suggestion
	changes := n.changes(n.stuck(opts))
	for _, c := range changes[:min(tried, len(changes))] {
		if len(out) == suggested {
			return out, nil
		}
		left, unlucky, err := t.left(c)
		if err != nil {
			return nil, err
		}
		if left == 0 {
			out = append(out, suggestion(places, []change{c}, unlucky))
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	kept, unlucky, err := t.several()
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	return []Suggestion{suggestion(places, kept, unlucky)}, nil
}

// changeTrial tries changes of what runs. A change of a workload is written into it while
// it is tried, and taken back: pods know their workload.
type changeTrial struct {
	demand *demand.Demand
	opts   *Options
	before *nominal
	luck   luck
}

// together is how many workloads are changed at most.
const together = 4

// several changes one workload after the other, each time the one that leaves fewest pods
// pending, until none is. It returns none when that does not come about.
func (t *changeTrial) several() ([]change, int, error) {
	var done []change
	defer func() {
		for _, c := range slices.Backward(done) {
			*c.of = c.before
		}
	}()
	n := t.before
	for range together {
		var best *change
		fewest, chance := 0, 0
		changes := n.changes(n.stuck(t.opts))
		for i := range changes[:min(tried, len(changes))] {
			c := &changes[i]
			if c.more != nil {
				continue
			}
			left, unlucky, err := t.left(*c)
			if err != nil {
				return nil, 0, err
			}
			if best == nil || left < fewest {
				best, fewest, chance = c, left, unlucky
			}
		}
		if best == nil {
			return nil, 0, nil
		}
		*best.of = best.changed
		done = append(done, *best)
		if fewest == 0 {
			return done, chance, nil
		}
		next, err := t.before.facts.plan(t.demand, t.before.machines)
		if err != nil {
			return nil, 0, err
		}
		n = next.nominal(t.opts.Placed)
	}
	return nil, 0, nil
}

// rare is how many of a hundred orders may be unlucky for pods that are not in question.
const rare = 1

// left is how many pods stay pending with a change in the order of Flux; where none
// does, in how many random orders one does that is in question, or any when that is
// not rare. unlucky is in how many any does.
func (t *changeTrial) left(c change) (left, unlucky int, err error) {
	machines := t.before.machines
	if c.more != nil {
		machines = append(slices.Clone(machines), c.more)
	} else {
		before := *c.of
		*c.of = c.changed
		defer func() { *c.of = before }()
	}
	other, err := t.before.facts.plan(t.demand, machines)
	if err != nil {
		return 0, 0, err
	}
	if n := len(other.nominal(t.opts.Placed).waiting); n > 0 {
		return n, 0, nil
	}
	tries := t.opts.tries()
	unlucky, often := other.random(tries, t.opts.Seed)
	for i, one := range other.pods {
		if often[i] > 0 && t.inQuestion(one.Workload) {
			left = max(left, often[i])
		}
	}
	if unlucky*100 > tries*rare {
		left = max(left, unlucky)
	}
	return left, unlucky, nil
}

// inQuestion reports whether pods of a workload stay pending without a change.
func (t *changeTrial) inQuestion(w *demand.Workload) bool {
	for i, one := range t.before.pods {
		if one.Workload == w && (t.before.node(i) == "" && one.Runs == demand.Always || t.luck.often[i]*100 > t.luck.Tried*rare) {
			return true
		}
	}
	return false
}

// stuck is a state in which pods are pending: that of the order of Flux, or of the
// first random order in which one is.
func (n *nominal) stuck(opts *Options) *scheduler.State {
	waits := func(i int) bool { return n.node(i) == "" }
	if slices.ContainsFunc(n.lasting(), waits) {
		return n.state
	}
	for i := range opts.tries() {
		st := n.sched.State()
		if len(n.inOrder(opts.Seed, i, st)) > 0 {
			return st
		}
	}
	return n.state
}

// suggestion writes changes that were tried together.
func suggestion(places inventory.Locator, changes []change, unlucky int) Suggestion {
	out := Suggestion{Unlucky: unlucky}
	var words, at []string
	for _, c := range changes {
		words = append(words, c.words)
		out.Bytes += c.bytes
		if c.of != nil {
			if place, _ := places.Locate(c.spot); !place.IsZero() {
				at = append(at, place.String())
			}
		}
	}
	out.Change, out.At = strings.Join(words, ", and "), strings.Join(at, ", ")
	return out
}
