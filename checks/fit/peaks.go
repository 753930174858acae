package fit

import (
	"fmt"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/placement/demand"
)

// peaks are what is taken for a while: units that roll together, and CronJobs that
// meet, beside what runs on the nodes.
func peaks(pass *checks.Pass, n *nominal, workloads []*demand.Workload, nodes []Node) (out Peaks, never []int) {
	out.Rolling = 2
	if c := pass.Cluster; c != nil && c.Rollout.Concurrent > 0 {
		out.Rolling = c.Rollout.Concurrent
	}
	for _, node := range nodes {
		out.Requests = quantities.Sum(out.Requests, node.Requests)
	}
	u := updatesOf(n, workloads)
	u.tellHanging(pass)
	// Units whose rollout together takes most: as many as may roll at a time. While a
	// unit rolls, its Deployments have their surge of pods more.
	surge, units := u.surge()
	for _, unit := range units {
		if unit != "" && len(out.Units) < out.Rolling {
			out.Units = append(out.Units, unit)
			out.Requests = quantities.Sum(out.Requests, surge[unit])
		}
	}
	// Sums are largest for these; whether the pods find nodes is tried for any of them.
	u.tellColliding(pass, units, out.Rolling)
	timed, late, requests, never := tellMeeting(pass, n)
	out.Timed, out.Waiting, out.Requests = timed, late, quantities.Sum(out.Requests, requests)
	out.Pulls, out.PullsAt, out.Unknown = pulls(pass.Lock, n)
	return out, never
}

// tellMeeting lets all CronJobs run at the same time, each as often as its runs can overlap.
// late are the pods that find no node then, never those that find none at any time.
func tellMeeting(pass *checks.Pass, n *nominal) (all, late []string, requests int64, never []int) {
	timed := n.that(func(one *pod) bool { return one.Runs == demand.Timed })
	st := n.state.Clone()
	waiting := n.place(st, timed, nil)
	for _, i := range timed {
		all = append(all, n.pods[i].name)
		requests = quantities.Sum(requests, n.pods[i].requests)
	}
	told := map[*demand.Workload]bool{}
	for _, i := range waiting {
		one := n.pods[i]
		late = append(late, one.name)
		why := st.Why(one.ready)
		nearest, static := n.nearest(one, why)
		if static {
			never = append(never, i)
			if !told[one.Workload] {
				told[one.Workload] = true
				pass.Error(spotOf(one, nearest), "fit/no-node", fmt.Sprintf("%s cannot run on any node", one.Name), outcome.Refused(why, n.taints), outcome.Fix(nearest))
			}
			continue
		}
		pass.Warn(spotOf(one, nearest), "fit/cronjobs", fmt.Sprintf("%s finds no node while all CronJobs run at the same time", one.name),
			outcome.Refused(why, n.taints), "move its schedule, or lower a request")
	}
	return all, late, requests, never
}

// pulls finds the node that pulls most when everything starts anew: the images of
// the pods on it, each once.
func pulls(locked *lock.Lock, n *nominal) (most int64, at string, unknown int) {
	unsized := map[string]bool{}
	for _, m := range n.machines {
		var sum int64
		seen := map[string]bool{}
		for _, i := range n.lasting() {
			one := n.pods[i]
			if n.node(i) != m.name || one.Pod == nil {
				continue
			}
			for _, c := range one.Pod.Containers() {
				if seen[c.Image] {
					continue
				}
				seen[c.Image] = true
				size, known := pulled(locked, c.Image, m)
				if !known {
					unsized[c.Image] = true
				}
				sum = quantities.Sum(sum, size)
			}
		}
		if sum > most {
			most, at = sum, m.name
		}
	}
	return most, at, len(unsized)
}

// pulled is what a node pulls for an image as it is written, in bytes, and whether that
// is known.
func pulled(locked *lock.Lock, written string, m *machine) (int64, bool) {
	ref, err := image.Parse(written)
	if locked == nil || err != nil {
		return 0, false
	}
	known, _ := locked.Of(ref)
	return m.Pulls(&known)
}

// peakCodes documents what is reported here.
func peakCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "fit/cronjobs", Title: "CronJobs that run at the same time do not all fit",
			Plural:  "%d pods of CronJobs find no node while all CronJobs run at the same time",
			Text:    "The check assumes that all CronJobs run at the same time, each as often as its runs can overlap. Then this one finds no node. It waits until another ends, and may miss its time.",
			Example: "schedule: \"30 2 * * *\"    // and another at the same time",
		},
	}
}
