package fit

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/inventory"
)

// Options are the choices of a check; nil means defaults.
type Options struct {
	// Orders is how many random orders of arrival are tried. Default: 200.
	Orders int
	// Seed chooses them.
	Seed uint64
	// Placed are the nodes on which pods run already, by the names that the Report
	// gives them. Default: none, and all are placed in the order of Flux.
	Placed map[string]string
	// Without are nodes that are taken away, Extra pods that are added to all others,
	// with the memory that each asks for.
	Without []string
	Extra   map[string]resource.Quantity
	// Suggest looks for the smallest change that makes everything fit.
	Suggest bool
	// Report is given what was found out, also where nothing is wrong.
	Report func(*Report)
}

const defaultOrders = 200

// Checker returns the check.
func Checker(opts *Options) *checks.Checker {
	if opts == nil {
		opts = &Options{}
	}
	return &checks.Checker{
		Name: "fit", Codes: codes(), Yields: []finding.Code{"fit/invalid-placement"},
		Doc: "every pod finds a node, under the ceilings, and also when a node fails",
		Run: func(pass *checks.Pass) error {
			return guards{leaveOutRefused, leaveOutTooMany}.run(pass, opts)
		},
	}
}

// tries is how many random orders are tried.
func (o *Options) tries() int { return cmp.Or(o.Orders, defaultOrders) }

// guards leave out workloads before their pods are made: what the API server refuses, and
// what asks for more pods than the nodes can hold. A test takes one away.
type guards struct {
	refused func(*checks.Pass, requested) requested
	bound   func(*checks.Pass, requested, []*machine) requested
}

// run goes through the phases, in the order of the package's documentation. Each gets what
// the ones before found out, and what it finds out is a part of the report.
func (g guards) run(pass *checks.Pass, opts *Options) error {
	asked, err := requestedBy(pass.Subject)
	if err != nil {
		return err
	}
	some := asked.some()
	if asked = g.refused(pass, asked); !some {
		return nil
	}
	if err := checkWithout(pass.Subject, opts.Without); err != nil {
		return err
	}
	asked = asked.with(opts.Extra)
	tellUnknown(pass, asked.Unknown)
	all, known := readMachines(pass, opts.Without)
	if !known {
		return nil
	}
	machines := slices.DeleteFunc(slices.Clone(all), func(m *machine) bool { return slices.Contains(opts.Without, m.name) })
	asked = g.bound(pass, asked, machines)
	facts := readFacts(pass.Subject, asked.refused)
	tellUnknownStorage(pass, facts.storage, asked.Workloads)
	plan, asked, err := planOf(pass, facts, asked, machines)
	if err != nil {
		return err
	}
	without, err := whatIfOf(facts, asked, all, opts)
	if err != nil {
		return err
	}
	report, err := judge(pass, opts, asked, plan, without)
	if err != nil {
		return err
	}
	if opts.Report != nil && !pass.Trial {
		opts.Report(report)
	}
	return nil
}

// judge lets the pods of a plan come, and asks what follows from where they land.
func judge(pass *checks.Pass, opts *Options, asked requested, p *plan, without *whatIf) (*Report, error) {
	var err error
	placed := p.nominal(opts.Placed)
	luck := placed.tryOrders(opts)
	r := &Report{Cluster: pass.Name, NotPlaced: asked.leftOut, Orders: luck.Orders}
	r.Pending = tellWaiting(pass, placed, luck, without.tell(pass, placed))
	r.Without = without.outcome(placed)
	if len(r.NotPlaced) > 0 && r.Orders.Packing == outcome.PackingExists {
		r.Orders.Packing, r.Orders.Because = outcome.PackingUnknown, r.NotPlaced[0].Workload+" was not placed"
	}
	if opts.Suggest && (len(r.Pending) > 0 || r.Orders.Unlucky > 0) {
		r.Sought = true
		if r.Suggestions, err = suggest(pass.Places, opts, asked.Demand, placed, luck); err != nil {
			return nil, err
		}
	}
	lie := placed.volumes()
	r.Nodes = withDisks(sums(pass, placed, opts.Without), disks(pass, placed, lie))
	tellUnlimited(pass, asked.Workloads)
	r.Ceilings = ceilings(pass, placed)
	fit := len(r.Pending) == 0
	var never []int
	r.Peaks, never = peaks(pass, placed, asked.Workloads, r.Nodes)
	for _, i := range never {
		r.Pending = append(r.Pending, Pending{Pod: p.pods[i].name, Nodes: outcome.Reasons(placed.state.Why(p.pods[i].ready))})
	}
	r.Causes = causesOf(placed, without, slices.Concat(placed.waiting, never))
	tellDrains(pass, asked.Workloads)
	uses := dependenciesOf(pass.Subject, asked.Workloads)
	trial := &lossTrial{demand: asked.Demand, before: placed, lie: lie, uses: uses, seed: opts.Seed}
	if r.Losses, err = trial.losses(); err != nil {
		return nil, err
	}
	if len(p.machines) > 1 && fit { // else it is the whole cluster, or does not hold everything as it is
		tellLosses(pass, uses, r.Losses)
	}
	r.SinglePoints = weak(r.Losses, uses, asked.Workloads)
	r.Worst = r.Facts()
	return r, nil
}

// checkWithout fails when a node that is to be taken away does not exist.
func checkWithout(s *inventory.Subject, without []string) error {
	for _, name := range without {
		if s.Nodes[name] == nil {
			has := "no nodes are known"
			if names := s.NodeNames(); len(names) > 0 {
				has = "it has " + finding.All(names)
			}
			return fmt.Errorf("%s has no node %s; %s", s.Name, name, has)
		}
	}
	return nil
}
