package fit

import (
	"cmp"
	"math/rand/v2"
	"runtime"
	"slices"

	"stillsuit.dev/crash"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// orders tries random orders of arrival, says in how many a pod stays pending, and
// whether a placement of all pods exists at all.
func (a *analysis) orders(waiting []int) {
	tries := a.tries()
	r := &a.report.Orders
	r.Tried, r.Pods = tries, map[string]int{}
	r.Unlucky, a.often = a.tryOrders(tries)
	for i, n := range a.often {
		if n > 0 {
			r.Pods[a.plan.pods[i].name] = n
		}
	}
	switch {
	case len(waiting) == 0 || r.Unlucky < tries:
		r.Packing = packingExists
	default:
		r.Packing, r.Because = a.plan.pack(waiting)
	}
	a.tellWaiting(waiting)
	if left := a.report.NotPlaced; len(left) > 0 && r.Packing == packingExists {
		r.Packing, r.Because = packingUnknown, left[0].Workload+" was not placed"
	}
}

func (a *analysis) tries() int { return cmp.Or(a.opts.Orders, defaultOrders) }

// tryOrders places the pods in random orders. It returns in how many a pod stayed
// pending, and for each pod in how many it did. What a quota may still start counts
// as a pod, and not as bad luck.
func (a *analysis) tryOrders(tries int) (unlucky int, often []int) {
	often = make([]int, len(a.plan.pods))
	for _, left := range parallel(tries, a.plan.sched.State(), func(i int, st *scheduler.State) []int {
		return a.plan.random(a.opts.Seed, i, a.demand, st)
	}) {
		bad := false
		for _, i := range left {
			often[i]++
			bad = bad || !a.plan.pods[i].Grants
		}
		if bad {
			unlucky++
		}
	}
	return unlucky, often
}

// settle is place, after which Jobs have run to their end and what waited for their
// room is placed too.
func (p *plan) settle(st *scheduler.State, order []int, tie func(int) int) []int {
	waiting := p.place(st, order, tie)
	for _, i := range order {
		if p.pods[i].Runs == demand.Once {
			st.Remove(p.pods[i].ready)
		}
	}
	if len(waiting) == 0 {
		return nil
	}
	return p.place(st, waiting, tie)
}

// random places the pods in the random order of a number, and returns those that stay
// pending.
func (p *plan) random(seed uint64, i int, d *demand.Demand, st *scheduler.State) []int {
	rng := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // it chooses orders, and no secrets
	return p.settle(st, p.shuffled(rng, d, i%2 == 0), rng.IntN)
}

// parallel runs a function a number of times on a copy of a state, on every core.
func parallel[T any](n int, from *scheduler.State, try func(int, *scheduler.State) T) []T {
	out := make([]T, n)
	workers := max(1, min(runtime.GOMAXPROCS(0), n/8))
	var group crash.Group
	for w := range workers {
		st := from.Clone()
		group.Go(func() {
			for i := w; i < n; i += workers {
				st.Copy(from)
				out[i] = try(i, st)
			}
		})
	}
	group.Wait()
	return out
}

// shuffled is an order in which the pods may come. By unit it is one in which Flux
// may apply the units; else all come together, as after a power cut. Those that come
// together are queued by their priority.
func (p *plan) shuffled(rng *rand.Rand, d *demand.Demand, byUnit bool) []int {
	order := p.that(func(one *pod) bool { return one.Runs != demand.Timed })
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	order = p.byPriority(order)
	if !byUnit {
		return order
	}
	if len(d.Units) == 0 {
		return order // of none, all come together
	}
	place := map[string]int{"": 0}
	units := applied(rng, d)
	for i, name := range units {
		place[name] = i + 1
	}
	unit := make([]int, len(p.pods))
	for i, one := range p.pods {
		unit[i] = place[one.Unit]
	}
	return grouping(order, len(units)+1, func(i int) int { return unit[i] })
}

// applied is a random order of the units in which each comes after those it waits for.
func applied(rng *rand.Rand, d *demand.Demand) []string {
	waits := map[string]int{}
	after := map[string][]string{}
	known := map[string]bool{}
	for _, u := range d.Units {
		known[u.Name] = true
	}
	var free, out []string
	for _, u := range d.Units {
		for _, name := range u.After {
			if known[name] {
				waits[u.Name]++
				after[name] = append(after[name], u.Name)
			}
		}
		if waits[u.Name] == 0 {
			free = append(free, u.Name)
		}
	}
	for len(free) > 0 {
		i := rng.IntN(len(free))
		name := free[i]
		free = slices.Delete(free, i, i+1)
		out = append(out, name)
		for _, next := range after[name] {
			if waits[next]--; waits[next] == 0 {
				free = append(free, next)
			}
		}
	}
	for _, u := range d.Units { // those that wait for each other
		if waits[u.Name] > 0 {
			out = append(out, u.Name)
		}
	}
	return out
}
