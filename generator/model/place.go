package model

import (
	"maps"
	"slices"
)

// Tolerated are the keys of the taints that do not keep pods of a place away, sorted:
// those that it names, and those of the one node that it names.
func (c *Cluster) Tolerated(p *Place) []string {
	keys := slices.Clone(p.Tolerate)
	if node := c.Nodes[p.Node]; node != nil {
		keys = slices.AppendSeq(keys, maps.Keys(node.Taints))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// Selector are the labels that a node must have for pods of a place; nil for none.
func (p *Place) Selector() map[string]string {
	out := map[string]string{}
	maps.Copy(out, p.Labels)
	for label, value := range map[string]string{"kubernetes.io/arch": p.Arch, "kubernetes.io/hostname": p.Node} {
		if value != "" {
			out[label] = value
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}
