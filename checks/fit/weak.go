package fit

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/placement/demand"
)

// weak ranks the single points of failure: nodes and boards, and the apps that others
// cannot do without.
func weak(losses []Loss, uses *dependencies, workloads []*demand.Workload) []SinglePoint {
	var out []SinglePoint
	for _, l := range losses {
		hangs := slices.Concat(l.Gone, slices.Sorted(maps.Keys(l.Affected)))
		slices.Sort(hangs)
		if hangs = slices.Compact(hangs); len(hangs) > 0 {
			out = append(out, SinglePoint{What: l.What, Affected: hangs})
		}
	}
	single := map[string]bool{}
	for _, w := range workloads {
		if w.Runs == demand.Always && w.Pods == 1 && !w.PerNode && !w.Grants && len(w.Origin) > 1 {
			single[w.Group()] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(single)) {
		if lost := uses.losers([]string{name}); len(lost) > 0 {
			out = append(out, SinglePoint{What: name, Affected: slices.Sorted(maps.Keys(lost))})
		}
	}
	slices.SortStableFunc(out, func(x, y SinglePoint) int {
		return cmp.Or(len(y.Affected)-len(x.Affected), strings.Compare(x.What, y.What))
	})
	return out
}
