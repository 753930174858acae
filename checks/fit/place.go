package fit

import (
	"slices"

	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// place lets the pods reach the scheduler in the order given, and returns those that
// stay pending when nothing moves any more. A pod that another one pushes aside is
// made again, and waits with the rest.
func (p *plan) place(st *scheduler.State, order []int, tie func(int) int) []int {
	var waiting []int
	queue := order
	for len(queue) > 0 {
		moved := false
		var next []int
		for _, i := range queue {
			placed := st.Place(p.pods[i].ready, tie)
			for _, out := range placed.Evicted {
				next = append(next, p.of[out])
			}
			if placed.Node == "" {
				next = append(next, i)
				continue
			}
			moved = true
		}
		waiting = next
		if !moved {
			break
		}
		queue = p.byPriority(next)
	}
	slices.Sort(waiting)
	return waiting
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

// byPriority is the order of kube-scheduler's queue for pods that came together.
func (p *plan) byPriority(pods []int) []int {
	return grouping(pods, p.ranks, func(i int) int { return p.rank[i] })
}

// grouping sorts pods by a number below n, and leaves those of one number in their order.
// It takes the same for each pod, however many there are.
func grouping(pods []int, n int, of func(int) int) []int {
	next := make([]int, n+1)
	for _, i := range pods {
		next[of(i)+1]++
	}
	for k := range n {
		next[k+1] += next[k]
	}
	out := make([]int, len(pods))
	for _, i := range pods {
		k := of(i)
		out[next[k]] = i
		next[k]++
	}
	return out
}
