package outcome

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"stillsuit.dev/finding"
	"stillsuit.dev/placement/scheduler"
)

// Refused says what keeps a pod off each node, nodes with the same reason together: "nodes
// pi1 and pi2 have too little memory; node mini has taint external, which it does not tolerate".
func Refused(why []scheduler.Refusal, taints func(node string) []string) string {
	nodes := map[[2]string][]string{}
	for _, r := range why {
		if r.Filter != "" {
			key := predicate(r, taints)
			nodes[key] = append(nodes[key], r.Node)
		}
	}
	keys := slices.SortedFunc(maps.Keys(nodes), func(a, b [2]string) int { return strings.Compare(nodes[a][0], nodes[b][0]) })
	var out []string
	for _, key := range keys {
		names := nodes[key]
		slices.Sort(names)
		out = append(out, finding.Named("node", names)+" "+Verb(names, key[0], key[1]))
	}
	return strings.Join(out, "; ")
}

// predicate says what a node has or does that keeps a pod off, of one node and of several.
func predicate(r scheduler.Refusal, taints func(node string) []string) [2]string {
	both := func(singular, plural, rest string) [2]string {
		return [2]string{singular + " " + rest, plural + " " + rest}
	}
	switch r.Filter {
	case scheduler.NodeUnschedulable:
		return both("is", "are", "cordoned")
	case scheduler.NodeName:
		return [2]string{"is not the node that it names", "are not the node that it names"}
	case scheduler.NodeAffinity:
		return both("does", "do", "not match its node selector and affinity")
	case scheduler.TaintToleration:
		if keys := taints(r.Node); len(keys) > 0 {
			return both("has", "have", finding.Named("taint", keys)+", which it does not tolerate")
		}
		return both("has", "have", "a taint that it does not tolerate")
	case scheduler.NodePorts:
		return both("has", "have", "another pod on its host port")
	case scheduler.NodeResourcesFit:
		if r.Static {
			return both("has", "have", Short(r.Reason, ""))
		}
		return both("has", "have", Short(r.Reason, " left"))
	case scheduler.VolumeBinding, scheduler.VolumeZone:
		return both("does", "do", "not have its volume")
	case scheduler.PodTopologySpread:
		if r.Static {
			return both("lacks", "lack", "the label that its topology spread constraint needs")
		}
		return both("would", "would", "break its topology spread constraint")
	case scheduler.InterPodAffinity:
		return [2]string{"does not satisfy its pod affinity or anti-affinity", "do not satisfy its pod affinity or anti-affinity"}
	}
	return both("refuses", "refuse", fmt.Sprintf("it (%s)", r.Reason))
}

// Lacks are the resources that a refusal is about: "Insufficient cpu, Insufficient memory".
func Lacks(reason string) []string {
	var out []string
	for part := range strings.SplitSeq(reason, ", ") {
		if part == "Insufficient cpu" {
			out = append(out, "CPU")
		} else if name, is := strings.CutPrefix(part, "Insufficient "); is {
			out = append(out, name)
		}
	}
	return out
}

// Short says what a node is short of: too little memory left. With "Too many pods" alone
// the kubelet runs as many as it can.
func Short(reason, left string) string {
	if lacks := Lacks(reason); len(lacks) > 0 {
		return "too little " + finding.All(lacks) + left
	}
	return "no room for another pod"
}

// Verb is the form of a verb for one name or for several.
func Verb(names []string, one, more string) string {
	if len(names) == 1 {
		return one
	}
	return more
}

// Reasons are those of all nodes that refuse, in kube-scheduler's words.
func Reasons(why []scheduler.Refusal) map[string]string {
	out := map[string]string{}
	for _, r := range why {
		if r.Filter != "" {
			out[r.Node] = r.Reason
		}
	}
	return out
}

// Grouped writes reasons by node, each once.
func Grouped(by map[string]string) string {
	nodes := map[string][]string{}
	for _, node := range slices.Sorted(maps.Keys(by)) {
		nodes[by[node]] = append(nodes[by[node]], node)
	}
	var out []string
	for _, reason := range slices.Sorted(maps.Keys(nodes)) {
		out = append(out, strings.Join(nodes[reason], ", ")+": "+reason)
	}
	return strings.Join(out, "; ")
}

// Fix says what to do about a refusal that no free memory changes.
func Fix(r scheduler.Refusal) string {
	switch r.Filter {
	case scheduler.TaintToleration:
		return "add `place: tolerate` for the taint, or place the pods on another node"
	case scheduler.NodeName, scheduler.NodeAffinity:
		return "use labels, an architecture or a node that the cluster has"
	case scheduler.PodTopologySpread:
		return "add the label to the nodes, or remove the spread constraint"
	case scheduler.VolumeBinding, scheduler.VolumeZone:
		return "place the pods on a node that has the volume, or use another storage class"
	case scheduler.NodeResourcesFit:
		return "request less than the largest node offers"
	}
	return "change where the pods may run"
}
