package fit

import (
	"cmp"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/quantities"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
	"stillsuit.dev/placement/scheduler"
)

// change is a change of one workload, or one node more, that may make everything fit.
type change struct {
	words string
	bytes int64 // less that is requested, or the size of the node
	// of is the workload, as it is before and then.
	of              *demand.Workload
	before, changed demand.Workload
	spot            inventory.Spot
	more            *machine // a node like another one
}

// changes are those worth trying: for each pod that waits, to let it onto a node that
// refuses it, to ask for less, or to let another pod on a node ask for less or go
// elsewhere.
func (p *plan) changes(st *scheduler.State) []change {
	var out []change
	done := map[*demand.Workload]bool{}
	for _, one := range p.pods {
		if st.Node(one.ready) != "" || one.Runs == demand.Timed || one.Runs == demand.Once || done[one.Workload] {
			continue
		}
		done[one.Workload] = true
		for _, r := range st.Why(one.ready) {
			free := st.Free(r.Node)
			switch {
			case r.Filter == scheduler.NodeAffinity || r.Filter == scheduler.NodeName:
				out = append(out, move(one.Workload, r.Node)...)
			case r.Static:
				out = append(out, p.allow(one.Workload, r.Node)...)
			case free > 0 && free < one.requests:
				out = append(out, lower(one.Workload, one.requests-free))
				out = append(out, p.others(st, r.Node, one.requests-free)...)
			default:
				out = append(out, p.others(st, r.Node, one.requests)...)
			}
		}
	}
	for _, m := range p.machines {
		more := *m
		more.sees = m.sees.DeepCopy()
		more.name = "another-" + m.name
		more.sees.Name = more.name
		more.sees.Labels[corev1.LabelHostname] = more.name
		out = append(out, change{words: "add a node like " + m.name, bytes: m.memory, more: &more})
	}
	slices.SortStableFunc(out, func(x, y change) int { return cmp.Compare(x.bytes, y.bytes) })
	for i := range out {
		if out[i].of != nil {
			out[i].before = *out[i].of
		}
	}
	return out
}

// allow lets a workload onto a node whose taints keep it away.
func (p *plan) allow(w *demand.Workload, node string) []change {
	var out []change
	for _, m := range p.machines {
		if m.name != node || len(m.sees.Spec.Taints) == 0 {
			continue
		}
		changed := *w
		changed.Template = w.Template.DeepCopy()
		keys := []string{}
		for _, t := range m.sees.Spec.Taints {
			keys = append(keys, t.Key)
			changed.Template.Spec.Tolerations = append(changed.Template.Spec.Tolerations, corev1.Toleration{Key: t.Key, Operator: corev1.TolerationOpExists})
		}
		c := change{of: w, changed: changed, spot: w.Spot}
		c.words = fmt.Sprintf("let %s tolerate %s of node %s", w.Name, finding.Named("taint", keys), node)
		c.spot.Path = append(slices.Clone(w.Spot.Path), "place", "tolerate")
		out = append(out, c)
	}
	return out
}

// lower lets a workload ask for less memory.
func lower(w *demand.Workload, by int64) change {
	changed := *w
	changed.Template = w.Template.DeepCopy()
	rest := by
	for i := range changed.Template.Spec.Containers {
		requests := changed.Template.Spec.Containers[i].Resources.Requests
		asked := requests[corev1.ResourceMemory]
		less := min(rest, quantities.Of(&asked))
		requests[corev1.ResourceMemory] = *resource.NewQuantity(quantities.Of(&asked)-less, resource.BinarySI)
		rest -= less
	}
	all := demand.Requests(w.Template)
	c := change{of: w, changed: changed, spot: memorySpot(w)}
	c.bytes = by
	c.words = fmt.Sprintf("let %s request %s of memory, %s less", w.Name, quantities.Bytes(quantities.Of(all.Memory())-by), quantities.Bytes(by))
	return c
}

// others lets each workload that runs on a node ask for less, by at most half, or run
// on another node that has room for it.
func (p *plan) others(st *scheduler.State, node string, by int64) []change {
	var out []change
	for _, one := range p.pods {
		if st.Node(one.ready) != node || one.PerNode || one.Runs != demand.Always || one.Pod == nil {
			continue
		}
		if one.requests/2 >= by {
			out = append(out, lower(one.Workload, by))
		}
		if one.requests < by || one.Pods != 1 {
			continue
		}
		for _, m := range p.machines {
			if m.name != node && st.Free(m.name) >= one.requests {
				out = append(out, placed(one.Workload, m.name))
			}
		}
	}
	return out
}

// move lets a workload that must be on another node be on this one.
func move(w *demand.Workload, node string) []change {
	if w.Template.Spec.NodeName == "" && w.Template.Spec.NodeSelector[corev1.LabelHostname] == "" {
		return nil
	}
	return []change{placed(w, node)}
}

// placed is a workload on a node of its own.
func placed(w *demand.Workload, node string) change {
	changed := *w
	changed.Template = w.Template.DeepCopy()
	spec := &changed.Template.Spec
	spec.NodeName = ""
	if spec.NodeSelector == nil {
		spec.NodeSelector = map[string]string{}
	}
	spec.NodeSelector[corev1.LabelHostname] = node
	c := change{of: w, changed: changed, spot: w.Spot, words: fmt.Sprintf("place %s on node %s", w.Name, node)}
	c.spot.Path = append(slices.Clone(w.Spot.Path), "place", "node")
	return c
}
