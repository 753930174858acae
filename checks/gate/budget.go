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

// nodes compares what the machines are said to offer.
func (c *comparison) nodes() {
	if c.base.Cluster.Kubernetes.Reserved && !c.head.Cluster.Kubernetes.Reserved {
		c.same(fact("kubernetes", "reserved"), "nothing is reserved by the kubelets", "they reserve what the nodes say")
	}
	for _, name := range slices.Sorted(maps.Keys(c.head.Cluster.Nodes)) {
		is, was := c.head.Cluster.Nodes[name], c.base.Cluster.Nodes[name]
		at := func(labels ...string) []string { return append([]string{"nodes", name}, labels...) }
		if was == nil {
			c.added(fact(at()...), "node "+name+" is new, and pods may be planned on it", "there is none of that name")
			continue
		}
		c.raised(at("memory"), "node "+name+" has", &is.Memory, &was.Memory, "of memory")
		c.raised(at("cpu"), "node "+name+" has", &is.CPU, &was.CPU, "CPUs")
		c.lowered(at("reserved", "memory"), "node "+name+" keeps", is.Reserved.Memory, was.Reserved.Memory, "of memory for the system")
		c.lowered(at("reserved", "cpu"), "node "+name+" keeps", is.Reserved.CPU, was.Reserved.CPU, "CPUs for the system")
		for _, disk := range slices.Sorted(maps.Keys(is.Disks)) {
			size, before := is.Disks[disk].Size, was.Disks[disk].Size
			c.raised(at("disks", disk), "disk "+disk+" of node "+name+" has", &size, &before, "")
		}
		if was.Offline != "" && is.Offline == "" {
			c.same(fact(at()...), "pods may be planned on node "+name, "it is offline: "+was.Offline)
		}
		if was.Arch != is.Arch || was.Level != is.Level {
			c.same(fact(at("arch")...), fmt.Sprintf("node %s is said to be %s", name, strings.TrimSpace(is.Arch+" "+is.Level)), "it is "+strings.TrimSpace(was.Arch+" "+was.Level))
		}
	}
}

// raised and lowered report an amount that is more, or less, than before. What nobody
// said is nothing.
func (c *comparison) raised(at []string, who string, is, was *resource.Quantity, what string) {
	if is != nil && was != nil && is.Cmp(*was) > 0 {
		c.same(fact(at...), strings.TrimSpace(fmt.Sprintf("%s %s %s", who, is, what)), "it is "+was.String())
	}
}

func (c *comparison) lowered(at []string, who string, is, was *resource.Quantity, what string) {
	if is == nil {
		is = &resource.Quantity{}
	}
	if was != nil && is.Cmp(*was) < 0 {
		amount := is.String()
		if is.IsZero() {
			amount, what = "no", strings.TrimPrefix(what, "of ")
		}
		c.same(fact(at...), fmt.Sprintf("%s %s %s", who, amount, what), "it is "+was.String())
	}
}

// footprints compares what the pods of charts are said to take, which no object tells,
// while the charts are the same.
func (c *comparison) footprints() {
	for _, name := range slices.Sorted(maps.Keys(c.base.Charts)) {
		was, is := c.base.Charts[name], c.head.Charts[name]
		if is == nil || is.Off != "" || was.Version != is.Version || was.Footprint == nil {
			continue
		}
		for _, component := range slices.Sorted(maps.Keys(was.Footprint)) {
			at := path("charts", name, "footprint", component)
			before, now := was.Footprint[component], is.Footprint[component]
			switch {
			case before.Off != "":
			case now == nil || now.Off != "":
				c.same(at, fmt.Sprintf("%s of chart %s is said to take nothing", component, name), "it takes something")
			case less(now.Requests, before.Requests) || less(now.Limits, before.Limits):
				c.same(at, fmt.Sprintf("%s of chart %s is said to take less", component, name), "the same version takes more")
			}
		}
	}
}

// less reports whether an amount is below another one. What nobody said is nothing.
func less(is, was *model.Resources) bool {
	below := func(is, was *resource.Quantity) bool { return was != nil && (is == nil || is.Cmp(*was) < 0) }
	if is == nil {
		is = &model.Resources{}
	}
	return was != nil && (below(is.CPU, was.CPU) || below(is.Memory, was.Memory))
}

// ceilings compares the limits on groups of nodes: each of the base must be kept by one
// of the head that is as strict about the same nodes.
func (c *comparison) ceilings() {
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
func (c *comparison) looser(was, is model.Ceiling) []loosening {
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
