package fit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// updates are the pods that updates of workloads start before old ones stop.
type updates struct {
	beside    *nominal
	workloads []*demand.Workload
	last      map[*demand.Workload]int // of those that have a surge, the last pod: they are alike
	made      map[*demand.Workload][]*scheduler.Pod
}

// updatesOf are those of the workloads.
func updatesOf(n *nominal, workloads []*demand.Workload) *updates {
	u := &updates{beside: n, workloads: workloads, last: map[*demand.Workload]int{}, made: map[*demand.Workload][]*scheduler.Pod{}}
	for _, i := range n.lasting() {
		if w := n.pods[i].Workload; w.Update.Surge > 0 && !w.PerNode {
			u.last[w] = i
		}
	}
	return u
}

// surge is what the update of each unit requests beside what runs, and the units, those
// that request most first.
func (u *updates) surge() (map[string]int64, []string) {
	surge := map[string]int64{}
	for w := range u.last {
		requests := demand.Requests(w.Template)
		surge[w.Unit] = quantities.Sum(surge[w.Unit], quantities.Times(quantities.Of(requests.Memory()), int64(w.Update.Surge)))
	}
	units := slices.Sorted(maps.Keys(surge))
	slices.SortStableFunc(units, func(x, y string) int { return cmp.Compare(surge[y]>>10, surge[x]>>10) })
	return surge, units
}

// more are the further pods of a workload, for its update: as many as its surge.
func (u *updates) more(w *demand.Workload) []*scheduler.Pod {
	if made, done := u.made[w]; done {
		return made
	}
	var out []*scheduler.Pod
	for n := range w.Update.Surge {
		like := u.last[w]
		one, err := u.beside.another(like, fmt.Sprintf("%s, new %d", u.beside.pods[like].name, n+1))
		if err != nil {
			return nil // the pod itself was read, so that its like can be
		}
		out = append(out, one)
	}
	u.made[w] = out
	return out
}

// late starts the new pods of workloads, and returns those that find no node.
func (u *updates) late(ws []*demand.Workload) []*demand.Workload {
	st := u.beside.state.Clone()
	var out []*demand.Workload
	for _, w := range ws {
		if unplaced(st, u.more(w)) != nil {
			out = append(out, w)
		}
	}
	return out
}

// unplaced places pods, and returns the first that finds no node.
func unplaced(st *scheduler.State, pods []*scheduler.Pod) *scheduler.Pod {
	for _, one := range pods {
		if placed := st.Place(one, nil); placed.Node == "" {
			return one
		}
	}
	return nil
}

// tellHanging reports updates that never end: the new pod finds no node while the old one
// runs, and the old one may not stop before.
func (u *updates) tellHanging(pass *checks.Pass) {
	for _, w := range u.workloads {
		i, surges := u.last[w]
		if !surges || w.Update.Unavailable > 0 || u.beside.node(i) == "" {
			continue
		}
		st := u.beside.state.Clone()
		one := unplaced(st, u.more(w)[:1])
		if one == nil {
			continue // one new pod is enough for the update to go on
		}
		nearest, _ := u.beside.nearest(u.beside.pods[i], st.Why(one))
		at := spotOf(u.beside.pods[i], nearest)
		pass.Warn(at, "fit/update", fmt.Sprintf("an update of %s hangs: no node has room for the new pod beside the old one", w.Name),
			outcome.Refused(st.Why(one), u.beside.taints), fixUpdate(w))
	}
}

// combinations is how many groups of units are tried together.
const combinations = 5000

// tellColliding reports units whose updates find room one by one, but not together: any
// that may roll at the same time, those that take most first.
func (u *updates) tellColliding(pass *checks.Pass, units []string, rolling int) {
	by := map[string][]*demand.Workload{}
	for _, w := range u.workloads {
		if _, surges := u.last[w]; surges && w.Unit != "" {
			by[w.Unit] = append(by[w.Unit], w)
		}
	}
	var able []string // those whose own updates find room
	for _, name := range units {
		if name != "" && len(u.late(by[name])) == 0 {
			able = append(able, name)
		}
	}
	told, left := map[string]bool{}, combinations
	groups(able, min(rolling, len(able)), func(group []string) bool {
		var ws []*demand.Workload
		for _, name := range group {
			ws = append(ws, by[name]...)
		}
		for _, late := range u.late(ws) {
			if !told[late.Name] {
				told[late.Name] = true
				pass.Note(memorySpot(late), "fit/peak", fmt.Sprintf("the new pod of %s waits when units %s roll out together", late.Name, finding.All(group)),
					fmt.Sprintf("cluster.rollout.concurrent is %d, and there is room for one of them at a time", rolling), "set `update: strategy: \"Recreate\"` for one of them, or make room")
			}
		}
		left--
		return left > 0
	})
}

// groups calls try with each group of n names, until it returns false.
func groups(names []string, n int, try func([]string) bool) {
	if n < 2 {
		return
	}
	var extend func(group []string, from int) bool
	extend = func(group []string, from int) bool {
		if len(group) == n {
			return try(group)
		}
		for i := from; i < len(names); i++ {
			if !extend(append(slices.Clone(group), names[i]), i+1) {
				return false
			}
		}
		return true
	}
	extend(nil, 0)
}

// fixUpdate says how an update of a workload gets by without room for both pods.
func fixUpdate(w *demand.Workload) string {
	if len(w.Origin) > 1 && w.Component == "" {
		return "set `update: strategy: \"Recreate\"`, or make room"
	}
	return "set `strategy: {type: Recreate}`, or make room"
}

// updateCodes documents what is reported here.
func updateCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/update", Title: "an update hangs, because the new pod finds no node",
			Plural:  "updates of %d workloads hang, because the new pod finds no node",
			Text:    "A rolling update starts the new pod before it stops the old one. No node has room for the new pod, and the old one may not stop first: maxUnavailable is 0 (the default is a quarter of the replicas, rounded down). The update waits until its deadline, and so does its Flux Kustomization.",
			Example: "update: strategy: \"Recreate\"",
		},
		{
			Code: "fit/peak", Title: "units that roll out together do not all have room",
			Plural:  "the new pods of %d workloads wait when units roll out together",
			Text:    "Flux rolls out up to cluster.rollout.concurrent units at the same time. There is room for the new pods of each of these units alone, but not for all of them, so one waits until another is done. If a slower update is fine with you, suppress the finding.",
			Example: "rollout: concurrent: 1    // or make room for both",
		},
	}
}
