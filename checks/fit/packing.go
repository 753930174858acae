package fit

import (
	"cmp"
	"fmt"
	"maps"
	"math/bits"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// steps bound the search for a placement.
const steps = 50_000

// packing looks for a placement, or for why there is none: a search with backtracking.
type packing struct {
	plan *plan
	st   *scheduler.State
	may  []uint // by pod, the nodes that take it at all
	left int
}

// pack looks for any placement of all pods, also one that kube-scheduler would never
// find, and says why there is none.
func (p *plan) pack(waiting []int) (outcome.Packing, string) {
	if len(p.machines) > bits.UintSize {
		return outcome.PackingUnknown, fmt.Sprintf("the search is for at most %d nodes, and there are %d", bits.UintSize, len(p.machines))
	}
	search := &packing{plan: p, st: p.sched.State(), may: make([]uint, len(p.pods)), left: steps}
	pods := p.lasting()
	for _, i := range pods {
		for n, r := range search.st.Why(p.pods[i].ready) {
			if !r.Static {
				search.may[i] |= 1 << n
			}
		}
	}
	// Those that no node takes at all are no question of room.
	never := func(i int) bool { return search.may[i] == 0 }
	if !slices.ContainsFunc(waiting, func(i int) bool { return !never(i) }) {
		return outcome.PackingNone, p.pods[waiting[0]].name + " cannot run on any node"
	}
	pods = slices.DeleteFunc(pods, never)
	if because := search.overfull(pods); because != "" {
		return outcome.PackingNone, because
	}
	if because := search.crowded(pods); because != "" {
		return outcome.PackingNone, because
	}
	// Those with the least choice first, and of them the largest.
	slices.SortStableFunc(pods, func(a, b int) int {
		return cmp.Or(bits.OnesCount(search.may[a])-bits.OnesCount(search.may[b]), cmp.Compare(p.pods[b].requests, p.pods[a].requests))
	})
	switch {
	case search.from(pods):
		return outcome.PackingExists, ""
	case search.left > 0 && !search.ordered(pods):
		return outcome.PackingNone, fmt.Sprintf("every way to place the %d pods was tried", len(pods))
	}
	return outcome.PackingUnknown, fmt.Sprintf("a search of %d steps found no way to place the %d pods", steps, len(pods))
}

// ordered reports whether what a pod may do depends on which others came before: then
// the search, which places them in one order, has not seen all placements.
func (s *packing) ordered(pods []int) bool {
	return slices.ContainsFunc(pods, func(i int) bool {
		spec := &s.plan.pods[i].Template.Spec
		beside := spec.Affinity != nil && spec.Affinity.PodAffinity != nil && len(spec.Affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution) > 0
		return beside || slices.ContainsFunc(spec.TopologySpreadConstraints, func(c corev1.TopologySpreadConstraint) bool { return c.WhenUnsatisfiable == corev1.DoNotSchedule })
	})
}

// overfull names a group of nodes whose own pods ask for more memory or cores than
// it has: pods that can run nowhere else.
func (s *packing) overfull(pods []int) string {
	sets := map[uint]bool{}
	for _, i := range pods {
		for set := range sets {
			if len(sets) < 4096 {
				sets[set|s.may[i]] = true
			}
		}
		sets[s.may[i]] = true
	}
	for _, set := range slices.SortedFunc(maps.Keys(sets), func(a, b uint) int { return cmp.Or(bits.OnesCount(a)-bits.OnesCount(b), cmp.Compare(a, b)) }) {
		var memory, cores, places, asked, cpu int64
		var names []string
		for n, m := range s.plan.machines {
			if set&(1<<n) != 0 {
				memory = quantities.Sum(memory, quantities.Of(m.sees.Status.Allocatable.Memory()))
				cores = quantities.Sum(cores, quantities.Milli(m.sees.Status.Allocatable.Cpu()))
				places = quantities.Sum(places, quantities.Of(m.sees.Status.Allocatable.Pods()))
				names = append(names, m.name)
			}
		}
		count := 0
		for _, i := range pods {
			if s.may[i]&^set == 0 {
				asked = quantities.Sum(asked, s.plan.pods[i].requests)
				cpu = quantities.Sum(cpu, s.plan.pods[i].cpu)
				count++
			}
		}
		switch {
		case asked > memory:
			want, have := quantities.BytesApart(asked, memory)
			return fmt.Sprintf("the %s that can run only on %s request %s of memory, and %s %s %s", finding.Count(count, "pod"), finding.All(names), want, outcome.Verb(names, "it", "they"), outcome.Verb(names, "has", "have"), have)
		case cpu > cores:
			return fmt.Sprintf("the %s that can run only on %s request %dm of CPU, and %s %s %dm", finding.Count(count, "pod"), finding.All(names), cpu, outcome.Verb(names, "it", "they"), outcome.Verb(names, "has", "have"), cores)
		case int64(count) > places:
			return fmt.Sprintf("%s can run only on %s, where there is room for %d", finding.Count(count, "pod"), finding.All(names), places)
		}
	}
	return ""
}

// crowded names a workload that has more pods than nodes to take them, and no node
// takes two.
func (s *packing) crowded(pods []int) string {
	of := map[*demand.Workload][]int{}
	for _, i := range pods {
		of[s.plan.pods[i].Workload] = append(of[s.plan.pods[i].Workload], i)
	}
	for _, i := range pods {
		these := of[s.plan.pods[i].Workload]
		alike := !slices.ContainsFunc(these, func(j int) bool { return s.may[j] != s.may[i] })
		if these[0] != i || len(these) <= bits.OnesCount(s.may[i]) || !alike || s.ordered(these) || !s.alone(these[0], these[1]) {
			continue
		}
		var names []string
		for n, m := range s.plan.machines {
			if s.may[i]&(1<<n) != 0 {
				names = append(names, m.name)
			}
		}
		return fmt.Sprintf("no two of the %d pods of %s can share a node, and they can run only on %s", len(these), s.plan.pods[i].Workload.Name, finding.All(names))
	}
	return ""
}

// alone reports whether two pods of one workload never share a node, whatever else
// runs: the one refuses every node that the other is on.
func (s *packing) alone(a, b int) bool {
	for _, m := range s.plan.machines {
		st := s.plan.sched.State()
		if !st.Fits(s.plan.pods[a].ready, m.name) {
			continue // it takes neither
		}
		st.Put(s.plan.pods[a].ready, m.name)
		if st.Fits(s.plan.pods[b].ready, m.name) {
			return false
		}
	}
	return true
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
