package fit

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// Whether a placement exists that holds every pod.
const (
	packingExists  = "exists"
	packingNone    = "none"
	packingUnknown = "unknown"
)

// steps bound the search for a placement.
const steps = 50_000

// pack looks for any placement of all pods, also one that kube-scheduler would never
// find, and says why there is none.
func (p *plan) pack(waiting []int) (string, string) {
	if len(p.machines) > bits.UintSize {
		return packingUnknown, fmt.Sprintf("a placement is looked for on %d nodes at most, and there are %d", bits.UintSize, len(p.machines))
	}
	st := p.sched.State()
	pods := p.lasting()
	may := make([]uint, len(p.pods)) // the nodes that take a pod at all
	for _, i := range pods {
		for n, r := range st.Why(p.pods[i].ready) {
			if !r.Static {
				may[i] |= 1 << n
			}
		}
	}
	// Those that no node takes at all are no question of room.
	never := func(i int) bool { return may[i] == 0 }
	if !slices.ContainsFunc(waiting, func(i int) bool { return !never(i) }) {
		return packingNone, "no node takes " + p.pods[waiting[0]].name + ", full or not"
	}
	pods = slices.DeleteFunc(pods, never)
	if because := p.overfull(pods, may); because != "" {
		return packingNone, because
	}
	if because := p.crowded(pods, may); because != "" {
		return packingNone, because
	}
	search := &packing{plan: p, st: st, may: may, left: steps}
	// Those with the least choice first, and of them the largest.
	slices.SortStableFunc(pods, func(a, b int) int {
		return cmp.Or(bits.OnesCount(may[a])-bits.OnesCount(may[b]), cmp.Compare(p.pods[b].requests, p.pods[a].requests))
	})
	switch {
	case search.from(pods):
		return packingExists, ""
	case search.left > 0 && !p.ordered(pods):
		return packingNone, fmt.Sprintf("every way to place the %d pods was tried", len(pods))
	}
	return packingUnknown, fmt.Sprintf("%d steps of a search found no way to place the %d pods", steps, len(pods))
}

// ordered reports whether what a pod may do depends on which others came before: then
// the search, which places them in one order, has not seen all placements.
func (p *plan) ordered(pods []int) bool {
	return slices.ContainsFunc(pods, func(i int) bool {
		spec := &p.pods[i].Template.Spec
		beside := spec.Affinity != nil && spec.Affinity.PodAffinity != nil && len(spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution) > 0
		return beside || slices.ContainsFunc(spec.TopologySpreadConstraints, func(c corev1.TopologySpreadConstraint) bool { return c.WhenUnsatisfiable == corev1.DoNotSchedule })
	})
}

// overfull names a group of nodes whose own pods ask for more memory or cores than
// it has: pods that can run nowhere else.
func (p *plan) overfull(pods []int, may []uint) string {
	sets := map[uint]bool{}
	for _, i := range pods {
		for set := range sets {
			if len(sets) < 4096 {
				sets[set|may[i]] = true
			}
		}
		sets[may[i]] = true
	}
	for _, set := range slices.SortedFunc(maps.Keys(sets), func(a, b uint) int { return cmp.Or(bits.OnesCount(a)-bits.OnesCount(b), cmp.Compare(a, b)) }) {
		var memory, cores, places, asked, cpu int64
		var names []string
		for n, m := range p.machines {
			if set&(1<<n) != 0 {
				memory = quantities.Sum(memory, quantities.Of(m.sees.Status.Allocatable.Memory()))
				cores = quantities.Sum(cores, quantities.Milli(m.sees.Status.Allocatable.Cpu()))
				places = quantities.Sum(places, quantities.Of(m.sees.Status.Allocatable.Pods()))
				names = append(names, m.name)
			}
		}
		count := 0
		for _, i := range pods {
			if may[i]&^set == 0 {
				asked = quantities.Sum(asked, p.pods[i].requests)
				cpu = quantities.Sum(cpu, p.pods[i].cpu)
				count++
			}
		}
		switch {
		case asked > memory:
			want, have := amounts(asked, memory)
			return fmt.Sprintf("the %s that can run only on %s ask for %s of memory, and %s is there", finding.Count(count, "pod"), finding.All(names), want, have)
		case cpu > cores:
			return fmt.Sprintf("the %s that can run only on %s ask for %dm of cpu, and %dm is there", finding.Count(count, "pod"), finding.All(names), cpu, cores)
		case int64(count) > places:
			return fmt.Sprintf("%s can run only on %s, and together they take %d", finding.Count(count, "pod"), finding.All(names), places)
		}
	}
	return ""
}

// crowded names a workload that has more pods than nodes to take them, and no node
// takes two.
func (p *plan) crowded(pods []int, may []uint) string {
	of := map[*demand.Workload][]int{}
	for _, i := range pods {
		of[p.pods[i].Workload] = append(of[p.pods[i].Workload], i)
	}
	for _, i := range pods {
		these := of[p.pods[i].Workload]
		alike := !slices.ContainsFunc(these, func(j int) bool { return may[j] != may[i] })
		if these[0] != i || len(these) <= bits.OnesCount(may[i]) || !alike || p.ordered(these) || !p.alone(these[0], these[1]) {
			continue
		}
		var names []string
		for n, m := range p.machines {
			if may[i]&(1<<n) != 0 {
				names = append(names, m.name)
			}
		}
		return fmt.Sprintf("no two of the %d pods of %s can share a node, and only %s may take them", len(these), p.pods[i].Workload.Name, finding.All(names))
	}
	return ""
}

// alone reports whether two pods of one workload never share a node, whatever else
// runs: the one refuses every node that the other is on.
func (p *plan) alone(a, b int) bool {
	for _, m := range p.machines {
		st := p.sched.State()
		if !st.Fits(p.pods[a].ready, m.name) {
			continue // it takes neither
		}
		st.Put(p.pods[a].ready, m.name)
		if st.Fits(p.pods[b].ready, m.name) {
			return false
		}
	}
	return true
}

// packing is a search with backtracking.
type packing struct {
	plan *plan
	st   *scheduler.State
	may  []uint
	left int
}

// from places the pods, each on the node that has least to spare.
func (s *packing) from(pods []int) bool {
	if len(pods) == 0 {
		return true
	}
	one := s.plan.pods[pods[0]]
	var fits []int
	for n, m := range s.plan.machines {
		if s.may[pods[0]]&(1<<n) != 0 && s.st.Fits(one.ready, m.name) {
			fits = append(fits, n)
		}
	}
	slices.SortStableFunc(fits, func(a, b int) int { return cmp.Compare(s.free(a), s.free(b)) })
	for _, n := range fits {
		if s.left--; s.left <= 0 {
			return false
		}
		before := s.st
		if len(one.claims) > 0 { // they stay bound when the pod goes
			s.st = before.Clone()
		}
		s.st.Put(one.ready, s.plan.machines[n].name)
		if s.from(pods[1:]) {
			return true
		}
		if s.st == before {
			s.st.Remove(one.ready)
		}
		s.st = before
	}
	return false
}

// free is what a node has to spare.
func (s *packing) free(n int) int64 { return s.st.Free(s.plan.machines[n].name) }
