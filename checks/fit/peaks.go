package fit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// peaks are what is taken for a while: units that roll together, and CronJobs that
// meet.
func (a *analysis) peaks() {
	surging := a.surging()
	a.hanging(surging)
	a.together(surging)
	a.meeting()
	a.pulling()
}

// surging are the workloads whose update starts new pods before old ones stop.
func (a *analysis) surging() map[*demand.Workload]int {
	out := map[*demand.Workload]int{}
	for _, i := range a.plan.lasting() {
		if w := a.plan.pods[i].Workload; w.Update.Surge > 0 && !w.PerNode {
			out[w] = i // the last pod of it; they are like
		}
	}
	return out
}

// more are the further pods of a workload, for an update: as many as its surge.
func (a *analysis) more(w *demand.Workload, like int) []*scheduler.Pod {
	if made, done := a.surges[w]; done {
		return made
	}
	var out []*scheduler.Pod
	for n := range w.Update.Surge {
		object := a.plan.pods[like].object(a.storage)
		object.Name = fmt.Sprintf("%s, new %d", object.Name, n+1)
		one, err := a.plan.sched.Pod(object, w.Selector)
		if err != nil {
			return nil // the pod itself was read, so that its like can be
		}
		out = append(out, one)
	}
	a.surges[w] = out
	return out
}

// hanging reports updates that never end: the new pod finds no node while the old one
// runs, and the old one may not stop before.
func (a *analysis) hanging(surging map[*demand.Workload]int) {
	for _, w := range a.demand.Workloads {
		i, surges := surging[w]
		if !surges || w.Update.Unavailable > 0 || a.state.Node(a.plan.pods[i].ready) == "" {
			continue
		}
		st := a.state.Clone()
		one := unplaced(st, a.more(w, i)[:1])
		if one == nil {
			continue // one new pod is enough for the update to go on
		}
		nearest, _ := a.nearest(a.plan.pods[i], st.Why(one))
		at := spotOf(a.plan.pods[i], nearest)
		a.pass.Warn(at, "fit/update", fmt.Sprintf("an update of %s hangs: its new pod finds no node beside the old one (%s)", w.Name, grouped(reasons(st.Why(one)))),
			"a rolling update starts the new pod first", `write update: strategy: "Recreate", or maxSurge: 0 with maxUnavailable: 1, or make room`)
	}
}

// together finds the units whose rollout together takes most: as many as may roll at
// a time. While a unit rolls, its Deployments have their surge of pods more.
func (a *analysis) together(surging map[*demand.Workload]int) {
	surge := map[string]int64{}
	for w := range surging {
		requests := demand.Requests(w.Template)
		surge[w.Unit] = quantities.Sum(surge[w.Unit], quantities.Times(quantities.Of(requests.Memory()), int64(w.Update.Surge)))
	}
	units := slices.Sorted(maps.Keys(surge))
	slices.SortStableFunc(units, func(x, y string) int { return cmp.Compare(surge[y]>>10, surge[x]>>10) })
	peaks := &a.report.Peaks
	peaks.Rolling = 2
	if c := a.subject.Cluster; c != nil && c.Rollout.Concurrent > 0 {
		peaks.Rolling = c.Rollout.Concurrent
	}
	for _, n := range a.report.Nodes {
		peaks.Requests = quantities.Sum(peaks.Requests, n.Requests)
	}
	for _, u := range units {
		if u != "" && len(peaks.Units) < peaks.Rolling {
			peaks.Units = append(peaks.Units, u)
			peaks.Requests = quantities.Sum(peaks.Requests, surge[u])
		}
	}
	// Sums are largest for these; whether the pods find nodes is tried for any of them.
	a.colliding(surging, units, peaks.Rolling)
}

// combinations is how many groups of units are tried together.
const combinations = 5000

// colliding reports units whose updates find room one by one, but not together: any
// that may roll at the same time, those that take most first.
func (a *analysis) colliding(surging map[*demand.Workload]int, units []string, rolling int) {
	by := map[string][]*demand.Workload{}
	for _, w := range a.demand.Workloads {
		if _, surges := surging[w]; surges && w.Unit != "" {
			by[w.Unit] = append(by[w.Unit], w)
		}
	}
	var able []string // those whose own updates find room
	for _, u := range units {
		if u != "" && len(a.surge(by[u], surging)) == 0 {
			able = append(able, u)
		}
	}
	told, left := map[string]bool{}, combinations
	groups(able, min(rolling, len(able)), func(group []string) bool {
		var ws []*demand.Workload
		for _, u := range group {
			ws = append(ws, by[u]...)
		}
		for _, late := range a.surge(ws, surging) {
			if !told[late.Name] {
				told[late.Name] = true
				a.pass.Note(memorySpot(late), "fit/peak", fmt.Sprintf("when units %s roll together, the new pod of %s waits", finding.All(group), late.Name),
					fmt.Sprintf("cluster.rollout.concurrent is %d, and one of them has room alone", rolling), "nothing, if a slower update is well; else make room, or Recreate one")
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

// surge starts the new pods of workloads, and returns those that find no node.
func (a *analysis) surge(ws []*demand.Workload, surging map[*demand.Workload]int) []*demand.Workload {
	st := a.state.Clone()
	var out []*demand.Workload
	for _, w := range ws {
		if unplaced(st, a.more(w, surging[w])) != nil {
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

// meeting lets all CronJobs run at the same time, each as often as its runs can overlap.
func (a *analysis) meeting() {
	timed := a.plan.that(func(one *pod) bool { return one.Runs == demand.Timed })
	st := a.state.Clone()
	waiting := a.plan.place(st, timed, nil)
	for _, i := range timed {
		a.report.Peaks.Timed = append(a.report.Peaks.Timed, a.plan.pods[i].name)
		a.report.Peaks.Requests = quantities.Sum(a.report.Peaks.Requests, a.plan.pods[i].requests)
	}
	for _, i := range waiting {
		one := a.plan.pods[i]
		a.report.Peaks.Waiting = append(a.report.Peaks.Waiting, one.name)
		why := st.Why(one.ready)
		nearest, static := a.nearest(one, why)
		if static {
			a.tell(a.pass.Error, spotOf(one, nearest), "fit/no-node", fmt.Sprintf("no node takes %s", one.Name), grouped(reasons(why)), mendOf(nearest))
			continue
		}
		a.tell(a.pass.Warn, spotOf(one, nearest), "fit/cronjobs", fmt.Sprintf("%s finds no node when all CronJobs run at the same time (%s)", one.name, grouped(reasons(why))),
			"it waits until another one ends, and may miss its time", "move its schedule, or lower a request")
	}
}

// pulling finds the node that pulls most when everything starts anew: the images of
// the pods on it, each once.
func (a *analysis) pulling() {
	peaks := &a.report.Peaks
	unknown := map[string]bool{}
	for _, m := range a.all {
		var sum int64
		seen := map[string]bool{}
		for _, i := range a.plan.lasting() {
			one := a.plan.pods[i]
			if a.state.Node(one.ready) != m.name || one.Pod == nil {
				continue
			}
			for _, c := range one.Pod.Containers() {
				if seen[c.Image] {
					continue
				}
				seen[c.Image] = true
				size, known := a.pulls(c.Image, m)
				if !known {
					unknown[c.Image] = true
				}
				sum = quantities.Sum(sum, size)
			}
		}
		if sum > peaks.Pulls {
			peaks.Pulls, peaks.PullsAt = sum, m.name
		}
	}
	peaks.Unknown = len(unknown)
}

// pulls is what a node pulls for an image as it is written, in bytes, and whether that
// is known.
func (a *analysis) pulls(written string, m *machine) (int64, bool) {
	if a.subject.Lock == nil {
		return 0, false
	}
	reference, _, _ := strings.Cut(written, "@")
	image := a.subject.Lock.Images[reference]
	return m.Pulls(&image)
}
