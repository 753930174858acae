package outcome

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"stillsuit.dev/finding"
)

// place is where the next pod has most room, of the nodes of one architecture that the same
// pods can run on.
type place struct {
	arch    string
	tainted bool
	room    int64
	nodes   []string
}

// Room is what pods can take of a node.
func (n Node) Room() int64 { return n.Capacity - n.Reserved }

// Free is the memory that another pod can request there: what is left, and what
// kube-scheduler believes to be left.
func (n Node) Free() int64 { return max(min(n.Room(), n.Allocatable)-n.Requests, 0) }

// free is Free under the ceilings. It is nothing on a node that takes no more pods.
func (r *Report) free(n Node) int64 {
	if n.Offline != "" || n.MostPods > 0 && int64(len(n.Pods)) >= n.MostPods {
		return 0
	}
	out := n.Free()
	for _, c := range r.Ceilings {
		if slices.Contains(c.Nodes, n.Name) {
			out = min(out, max(c.AllowedRequests-c.Requests, 0))
		}
	}
	return out
}

// places are where the next pod has most room: for each architecture the best nodes
// without taints, and those with taints that have more room yet.
func (r *Report) places() []place {
	var out []place
	for _, tainted := range []bool{false, true} {
		for _, n := range r.Nodes {
			room := r.free(n)
			if tainted != (len(n.Taints) > 0) || room == 0 {
				continue
			}
			i := slices.IndexFunc(out, func(p place) bool { return p.arch == n.Arch && p.tainted == tainted })
			better := slices.ContainsFunc(out, func(p place) bool { return p.arch == n.Arch && !p.tainted && p.room >= room })
			switch {
			case tainted && better:
			case i < 0:
				out = append(out, place{arch: n.Arch, tainted: tainted, room: room, nodes: []string{n.Name}})
			case atMost(room) == atMost(out[i].room):
				out[i].room, out[i].nodes = min(room, out[i].room), append(out[i].nodes, n.Name)
			case room > out[i].room:
				out[i].room, out[i].nodes = room, []string{n.Name}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b place) int {
		if a.tainted != b.tainted {
			if b.tainted {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.room, a.room)
	})
	return out
}

// room says how much memory the next pod can request, and where.
func (r *Report) room() string {
	places := r.places()
	if len(places) == 0 {
		return "Room for the next pod: none.\n"
	}
	var out []string
	arches := map[string]bool{}
	for _, p := range places {
		arches[p.arch] = true
	}
	for _, p := range places {
		text := atMost(p.room)
		if p.arch != "" && len(arches) > 1 {
			text += " on " + p.arch
		}
		nodes := finding.OneOf(p.nodes)
		if len(p.nodes) > shown {
			nodes = Few(p.nodes)
		}
		if p.tainted {
			nodes += ", with a toleration"
		}
		out = append(out, text+" ("+nodes+")")
	}
	text := "Room for the next pod: " + strings.Join(out, ", ") + ".\n"
	for _, c := range r.Ceilings {
		left := max(c.AllowedLimits-c.Limits, 0)
		if c.AllowedLimits > 0 && slices.ContainsFunc(places, func(p place) bool {
			return left < p.room && slices.ContainsFunc(p.nodes, func(n string) bool { return slices.Contains(c.Nodes, n) })
		}) {
			text += fmt.Sprintf("Ceiling %s leaves %s for its memory limit.\n", c.Name, atMost(left))
		}
	}
	return text
}
