package gate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
)

// nodes compares what the machines are said to offer.
func (c facts) nodes() {
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
		for _, offered := range slices.Sorted(maps.Keys(is.Extended)) {
			count, before := resource.NewQuantity(is.Extended[offered], resource.DecimalSI), resource.NewQuantity(was.Extended[offered], resource.DecimalSI)
			c.raised(at("extended", offered), "node "+name+" has", count, before, "of "+offered)
		}
		if was.Offline != "" && is.Offline == "" {
			c.same(fact(at()...), "pods may be planned on node "+name, "it is offline: "+was.Offline)
		}
		if was.Arch != is.Arch || was.Level != is.Level {
			c.same(fact(at("arch")...), fmt.Sprintf("node %s is declared as %s", name, strings.TrimSpace(is.Arch+" "+is.Level)), "it is "+strings.TrimSpace(was.Arch+" "+was.Level))
		}
	}
}

// raised and lowered report an amount that is more, or less, than before. What nobody
// said is nothing.
func (c facts) raised(at []string, who string, is, was *resource.Quantity, what string) {
	if is != nil && was != nil && is.Cmp(*was) > 0 {
		c.same(fact(at...), strings.TrimSpace(fmt.Sprintf("%s %s %s", who, is, what)), "it is "+was.String())
	}
}

func (c facts) lowered(at []string, who string, is, was *resource.Quantity, what string) {
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
