package fit

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// plan is a cluster with some of its nodes, and every pod that it is to run.
type plan struct {
	facts    *facts
	machines []*machine
	units    []inventory.Unit
	sched    *scheduler.Scheduler
	pods     []*pod // in the order in which Flux makes them
	of       map[*scheduler.Pod]int
	rank     []int // by pod, among the priorities, the highest first
	ranks    int
}

// planOf makes the plan. What validity does not refuse and the scheduler does not read all
// the same is left out too.
func planOf(pass *checks.Pass, f *facts, asked requested, machines []*machine) (*plan, requested, error) {
	p, err := f.plan(asked.Demand, machines)
	if err == nil {
		return p, asked, nil
	}
	var bad unreadable
	if !errors.As(err, &bad) {
		return nil, asked, err
	}
	asked = asked.without(func(w *demand.Workload) string {
		if bad[w] == nil {
			return ""
		}
		pass.Error(pass.ByPatch(w.Spot), "fit/invalid-placement", fmt.Sprintf("stillsuit cannot read where the pods of %s may run: %v", w.Name, bad[w]), "", "correct the field that the message names")
		return "its placement cannot be read: " + bad[w].Error()
	})
	p, err = f.plan(asked.Demand, machines)
	return p, asked, err
}

// plan makes a plan of these pods on these machines. It fails with unreadable.
func (f *facts) plan(d *demand.Demand, machines []*machine) (*plan, error) {
	p := &plan{facts: f, machines: machines, units: d.Units, of: map[*scheduler.Pod]int{}}
	cluster := f.storage.cluster()
	for _, m := range machines {
		cluster.Nodes = append(cluster.Nodes, m.sees)
	}
	cluster.Namespaces, cluster.Services, cluster.Budgets, cluster.Minor = f.namespaces, f.services, f.budgets, f.minor
	for _, w := range d.Workloads {
		p.add(w, f.storage)
	}
	for _, one := range p.pods {
		cluster.Claims = append(cluster.Claims, f.storage.made(one)...)
	}
	var err error
	if p.sched, err = scheduler.New(cluster); err != nil {
		return nil, err
	}
	bad := unreadable{}
	for i, one := range p.pods {
		switch {
		case bad[one.Workload] != nil:
		case i > 0 && one.like(p.pods[i-1]):
			one.ready = p.sched.Like(p.pods[i-1].ready)
		default:
			if one.ready, err = p.sched.Pod(one.object(f.storage), one.Selector); err != nil {
				bad[one.Workload] = err
			}
		}
	}
	if len(bad) > 0 {
		return nil, bad
	}
	p.arrive()
	return p, nil
}

// unreadable are workloads whose pods kube-scheduler could not read, and why.
type unreadable map[*demand.Workload]error

func (u unreadable) Error() string {
	var all []string
	for w, err := range u {
		all = append(all, fmt.Sprintf("read pod of %s: %v", w.Name, err))
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

// add makes the pods of a workload.
func (p *plan) add(w *demand.Workload, s *storage) {
	requests, limits := demand.Requests(w.Template), demand.Limits(w.Template)
	limit, limited := limits[corev1.ResourceMemory]
	one := pod{Workload: w, requests: quantities.Of(requests.Memory()), cpu: quantities.Milli(requests.Cpu()), limits: quantities.Of(&limit), limited: limited}
	if w.PerNode {
		for _, m := range p.machines {
			if takesDaemon(w.Template, m.sees) {
				each := one
				each.name, each.at = w.Name+" on "+m.name, m.name
				p.pods = append(p.pods, &each)
			}
		}
		return
	}
	for i := range w.Pods {
		each := one
		each.name = w.PodName(i)
		each.claims = s.claimsOf(w, i)
		p.pods = append(p.pods, &each)
	}
}

// arrive sorts the pods as they reach the scheduler: a unit after those that it
// waits for, and of one unit the important ones first. It numbers them so.
func (p *plan) arrive() {
	place := map[string]int{}
	for i, u := range p.units {
		place[u.Name] = i + 1
	}
	slices.SortStableFunc(p.pods, func(a, b *pod) int {
		if c := place[a.Unit] - place[b.Unit]; c != 0 {
			return c
		}
		return cmp.Compare(*b.Template.Spec.Priority, *a.Template.Spec.Priority)
	})
	priorities := map[int32]int{}
	for i, one := range p.pods {
		p.of[one.ready] = i
		priorities[*one.Template.Spec.Priority] = 0
	}
	for rank, priority := range slices.Backward(slices.Sorted(maps.Keys(priorities))) {
		priorities[priority] = len(priorities) - 1 - rank
	}
	p.ranks = len(priorities)
	for _, one := range p.pods {
		p.rank = append(p.rank, priorities[*one.Template.Spec.Priority])
	}
}

// lasting are the pods that run until they are replaced, by index.
func (p *plan) lasting() []int {
	return p.that(func(one *pod) bool { return one.Runs == demand.Always })
}

func (p *plan) that(holds func(*pod) bool) []int {
	out := make([]int, 0, len(p.pods))
	for i, one := range p.pods {
		if holds(one) {
			out = append(out, i)
		}
	}
	return out
}

// another is a further pod that is written like one of the plan.
func (p *plan) another(like int, name string) (*scheduler.Pod, error) {
	object := p.pods[like].object(p.facts.storage)
	object.Name = name
	return p.sched.Pod(object, p.pods[like].Selector)
}
