package outcome

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
)

// foremost is how many facts come first.
const foremost = 5

// Facts are those to look at first, at most five: what does not fit, then what is nearest to
// not fitting, then the loss that costs most.
func (r *Report) Facts() []string {
	var out []string
	fact := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, n := range r.NotPlaced {
		fact("%s was not placed: %s", n.Workload, n.Because)
	}
	for _, p := range r.Pending {
		fact("%s", p.sentence())
	}
	if r.Orders.Unlucky > 0 && len(r.Pending) == 0 {
		fact("in %d of %d orders a pod found no node: %s", r.Orders.Unlucky, r.Orders.Tried, Few(slices.Sorted(maps.Keys(r.Orders.Pods))))
	}
	losses := slices.Clone(r.Losses)
	slices.SortStableFunc(losses, func(a, b Loss) int {
		return cmp.Or(len(b.Pending)-len(a.Pending), len(b.Gone)+len(b.Affected)-len(a.Gone)-len(a.Affected))
	})
	for i, l := range losses {
		if i == 0 || len(l.Pending) > 0 || l.Alerting == AlertingNo {
			fact("%s", l.sentence())
		}
	}
	nodes := slices.DeleteFunc(slices.Clone(r.Nodes), func(n Node) bool { return n.Offline != "" || n.Room() <= 0 })
	slices.SortStableFunc(nodes, func(a, b Node) int {
		return cmp.Compare(quantities.Part(b.Requests, 1000, b.Room()), quantities.Part(a.Requests, 1000, a.Room()))
	})
	if len(nodes) > 0 {
		n := nodes[0]
		fact("%s is the fullest node: its pods request %s of %s (%d%%) and can use %d%%", n.Name, quantities.Bytes(n.Requests), quantities.Bytes(n.Room()), quantities.Part(n.Requests, 100, n.Room()), quantities.Part(n.Limits, 100, n.Room()))
	}
	for _, c := range r.Ceilings {
		fact("pods under ceiling %s request %s of %s", c.Name, quantities.Bytes(c.Requests), quantities.Bytes(c.AllowedRequests))
	}
	if len(r.Peaks.Waiting) > 0 {
		fact("when all CronJobs run, there is no room for %s", Few(r.Peaks.Waiting))
	}
	if len(r.SinglePoints) > 0 && len(out) < foremost {
		w := r.SinglePoints[0]
		fact("%s is the worst single point of failure: %s depend on it", w.What, Few(w.Affected))
	}
	return out[:min(foremost, len(out))]
}

// sentence says which pods find no node.
func (p *Pending) sentence() string {
	switch p.More {
	case 0:
		return p.Pod + " finds no node"
	case 1:
		return p.Pod + " and one more of its pods find no node"
	}
	return fmt.Sprintf("%s and %d more of its pods find no node", p.Pod, p.More)
}

// sentence says what a loss costs.
func (l *Loss) sentence() string {
	var parts []string
	if n := len(l.Pending); n > 0 {
		parts = append(parts, "there is no room for "+finding.Count(n, "pod"))
	}
	if len(l.Gone) > 0 {
		parts = append(parts, Few(l.Gone)+" "+finding.Are(len(l.Gone))+" down")
	}
	if len(l.Affected) > 0 {
		parts = append(parts, Few(slices.Sorted(maps.Keys(l.Affected)))+" cannot reach what they use")
	}
	if l.Alerting == AlertingNo {
		parts = append(parts, "nothing sends alerts")
	}
	if len(parts) == 0 {
		parts = append(parts, "nothing is down")
	}
	return "without " + l.What + ", " + strings.Join(parts, ", and ")
}
