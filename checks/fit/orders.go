package fit

import (
	"math/rand/v2"
	"runtime"
	"slices"

	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/crash"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// luck is how random orders of arrival end.
type luck struct {
	Orders
	often []int // by pod, in how many orders it stays pending
}

// tryOrders tries random orders of arrival, and says whether a placement of all pods
// exists at all.
func (n *nominal) tryOrders(opts *Options) luck {
	out := luck{Orders: Orders{Tried: opts.tries(), Pods: map[string]int{}}}
	out.Unlucky, out.often = n.random(out.Tried, opts.Seed)
	for i, times := range out.often {
		if times > 0 {
			out.Pods[n.pods[i].name] = times
		}
	}
	switch {
	case len(n.waiting) == 0 || out.Unlucky < out.Tried:
		out.Packing = outcome.PackingExists
	default:
		out.Packing, out.Because = n.pack(n.waiting)
	}
	return out
}

// random places the pods in random orders. It returns in how many a pod stayed
// pending, and for each pod in how many it did. What a quota may still start counts
// as a pod, and not as bad luck.
func (p *plan) random(tries int, seed uint64) (unlucky int, often []int) {
	often = make([]int, len(p.pods))
	for _, left := range parallel(tries, p.sched.State(), func(i int, st *scheduler.State) []int {
		return p.inOrder(seed, i, st)
	}) {
		bad := false
		for _, i := range left {
			often[i]++
			bad = bad || !p.pods[i].Grants
		}
		if bad {
			unlucky++
		}
	}
	return unlucky, often
}

// inOrder places the pods in the random order of a number, and returns those that stay
// pending.
func (p *plan) inOrder(seed uint64, i int, st *scheduler.State) []int {
	rng := rand.New(rand.NewPCG(seed, uint64(i))) //nolint:gosec // it chooses orders, and no secrets
	return p.settle(st, p.shuffled(rng, i%2 == 0), rng.IntN)
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
func (p *plan) shuffled(rng *rand.Rand, byUnit bool) []int {
	order := p.that(func(one *pod) bool { return one.Runs != demand.Timed })
	rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	order = p.byPriority(order)
	if !byUnit {
		return order
	}
	if len(p.units) == 0 {
		return order // of none, all come together
	}
	place := map[string]int{"": 0}
	units := applied(rng, p.units)
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
func applied(rng *rand.Rand, all []inventory.Unit) []string {
	waits := map[string]int{}
	after := map[string][]string{}
	known := map[string]bool{}
	for _, u := range all {
		known[u.Name] = true
	}
	var free, out []string
	for _, u := range all {
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
	for _, u := range all { // those that wait for each other
		if waits[u.Name] > 0 {
			out = append(out, u.Name)
		}
	}
	return out
}
