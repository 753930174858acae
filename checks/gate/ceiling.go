package gate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// ceilings compares the limits on groups of nodes: each of the base must be kept by one
// of the head that is as strict about the same nodes.
func (c facts) ceilings() {
	for _, name := range slices.Sorted(maps.Keys(c.base.Cluster.Ceilings)) {
		was := c.base.Cluster.Ceilings[name]
		kept := false
		for _, is := range c.head.Cluster.Ceilings {
			kept = kept || len(c.looser(was, is)) == 0
		}
		if kept {
			continue
		}
		is, there := c.head.Cluster.Ceilings[name]
		if !there {
			c.same(fact("ceilings", name), "ceiling "+name+" is gone", "it holds "+finding.All(members(c.base.Cluster, was)))
			continue
		}
		for _, how := range c.looser(was, is) {
			c.same(fact("ceilings", name, how.field), fmt.Sprintf("ceiling %s %s", name, how.is), how.was)
		}
	}
}

type loosening struct{ field, is, was string }

// looser are the ways in which one ceiling holds less than another.
func (c facts) looser(was, is model.Ceiling) []loosening {
	var out []loosening
	on, before := members(c.head.Cluster, is), members(c.base.Cluster, was)
	if !slices.Equal(on, before) {
		out = append(out, loosening{"nodes", "is about " + finding.All(on), "it is about " + finding.All(before)})
	}
	if allowed, most := memory(c.head.Cluster, is), memory(c.base.Cluster, was); allowed.Cmp(most) > 0 {
		out = append(out, loosening{"memory", "allows " + allowed.String(), "it allows " + most.String()})
	}
	for field, share := range map[string][2]string{"requests": {string(is.Requests), string(was.Requests)}, "limits": {string(is.Limits), string(was.Limits)}} {
		otherwise := 100 // of requests
		if field == "limits" {
			otherwise = 1 << 30 // none
		}
		if percent(share[0], otherwise) > percent(share[1], otherwise) {
			out = append(out, loosening{field, fmt.Sprintf("allows %s of %s", orNone(share[0]), field), "it allows " + orNone(share[1])})
		}
	}
	slices.SortFunc(out, func(a, b loosening) int { return strings.Compare(a.field, b.field) })
	return out
}

// members are the nodes of a ceiling, sorted.
func members(of *model.Cluster, c model.Ceiling) []string {
	var out []string
	for name, node := range of.Nodes {
		switch {
		case len(c.Nodes) > 0 && !slices.Contains(c.Nodes, name):
		case len(c.Nodes) == 0 && c.Board != "" && node.Board != c.Board:
		default:
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// memory is what a ceiling allows: what its nodes have, when it does not say.
func memory(of *model.Cluster, c model.Ceiling) resource.Quantity {
	if !c.Memory.IsZero() {
		return c.Memory
	}
	var sum resource.Quantity
	for _, name := range members(of, c) {
		if node := of.Nodes[name]; node != nil {
			sum.Add(node.Memory)
		}
	}
	return sum
}

func percent(share string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSuffix(share, "%"))
	if err != nil {
		return otherwise
	}
	return n
}

func orNone(share string) string {
	if share == "" {
		return "any share"
	}
	return share
}
