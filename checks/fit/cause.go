package fit

import (
	"cmp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/storage/volume"

	"stillsuit.dev/checks/fit/outcome"
	"stillsuit.dev/finding"
	"stillsuit.dev/placement/scheduler"
)

// cause is why a pod finds no node, as a clause about one pod and about several. Pods with
// the same cause are reported together.
type cause struct {
	one, more string
	never     bool // no node would take it even if nothing else ran
}

// same is a cause that is worded alike for one pod and several.
func same(text string) cause { return cause{one: text, more: text} }

// causes collects pods by their cause.
type causes struct {
	of   map[cause][]string
	keys []cause
}

func (c *causes) add(why cause, pod string) {
	if c.of == nil {
		c.of = map[cause][]string{}
	}
	if c.of[why] == nil {
		c.keys = append(c.keys, why)
	}
	c.of[why] = append(c.of[why], pod)
}

// list are the causes, those of most pods first.
func (c *causes) list() []Cause {
	var out []Cause
	for _, why := range c.keys {
		pods := slices.Sorted(slices.Values(c.of[why]))
		text := why.more
		if len(pods) == 1 {
			text = why.one
		}
		out = append(out, Cause{Pods: pods, Because: text, Never: why.never})
	}
	slices.SortStableFunc(out, func(a, b Cause) int {
		return cmp.Or(len(b.Pods)-len(a.Pods), strings.Compare(a.Because, b.Because))
	})
	return out
}

// cause says why a pod finds no node. had are nodes that are not there any more and would
// take it.
func (p *plan) cause(one *pod, why []scheduler.Refusal, had []string) cause {
	nearest, static := p.nearest(one, why)
	out := p.clause(one, nearest, why, had)
	out.never = static
	return out
}

func (p *plan) clause(one *pod, r scheduler.Refusal, why []scheduler.Refusal, had []string) cause {
	only := "no node has"
	if len(had) > 0 {
		only = "only " + finding.All(had) + " " + outcome.Verb(had, "has", "have")
	}
	switch r.Filter {
	case scheduler.VolumeBinding, scheduler.VolumeZone:
		if class := p.boundClass(one); class != "" {
			which := "which " + only
			if len(had) == 0 {
				which = "which no node has that can run "
				return cause{one: "its volume is of class " + class + ", " + which + "it", more: "their volumes are of class " + class + ", " + which + "them"}
			}
			return cause{one: "its volume is of class " + class + ", " + which, more: "their volumes are of class " + class + ", " + which}
		}
		return cause{one: "its volume is on none of the nodes that can run it", more: "their volumes are on none of the nodes that can run them"}
	case scheduler.NodeName, scheduler.NodeAffinity:
		if node := cmp.Or(one.Template.Spec.NodeName, one.Template.Spec.NodeSelector[corev1.LabelHostname]); node != "" {
			return cause{one: "it is placed on " + node, more: "they are placed on " + node}
		}
		if len(had) > 0 {
			who := "only " + finding.All(had) + " " + outcome.Verb(had, "matches", "match")
			return cause{one: who + " its node selector and affinity", more: who + " their node selectors and affinity"}
		}
		return cause{one: "no node matches its node selector and affinity", more: "no node matches their node selectors and affinity"}
	case scheduler.TaintToleration:
		taints := "taints of " + r.Node
		if keys := p.taints(r.Node); len(keys) > 0 {
			taints = finding.Named("taint", keys) + " of " + r.Node
		}
		return cause{one: "it does not tolerate " + taints, more: "they do not tolerate " + taints}
	case scheduler.NodeResourcesFit:
		if r.Static {
			lacks := finding.All(outcome.Lacks(r.Reason))
			return cause{one: only + " enough " + lacks + " for it", more: only + " enough " + lacks + " for one of them"}
		}
		nodes := lacking(why)
		return same(finding.All(nodes) + " " + outcome.Verb(nodes, "has", "have") + " " + outcome.Short(r.Reason, " left"))
	}
	return same(outcome.Refused(why, p.taints))
}

// boundClass is the class of the first of a pod's claims whose volumes lie on some nodes only.
func (p *plan) boundClass(one *pod) string {
	for _, key := range one.claims {
		c := p.facts.storage.claim(key, one)
		if c == nil {
			continue
		}
		name := volume.GetPersistentVolumeClaimClass(c)
		if class := p.facts.storage.classes[name]; class != nil && len(class.AllowedTopologies) > 0 && c.Spec.VolumeName == "" {
			return name
		}
	}
	return ""
}

// taints are the keys of a node's taints that keep pods off.
func (p *plan) taints(node string) []string {
	for _, m := range p.machines {
		if m.name == node {
			return m.taints()
		}
	}
	return nil
}

// lacking are the nodes that would take a pod if they had more left.
func lacking(why []scheduler.Refusal) []string {
	var out []string
	for _, r := range why {
		if r.Filter == scheduler.NodeResourcesFit && !r.Static {
			out = append(out, r.Node)
		}
	}
	return out
}

// lost says where the data of a pod that is down was; false when it has none on the nodes
// that are gone.
func (t *lossTrial) lost(one *pod, nodes []string) (cause, bool) {
	for _, key := range one.claims {
		if node := t.lie[key]; node != "" && slices.Contains(nodes, node) {
			c := t.before.facts.storage.claim(key, one)
			return same("data on its " + volume.GetPersistentVolumeClaimClass(c) + " volumes"), true
		}
	}
	return cause{}, false
}

// causesOf are why these pods find no node, for the report.
func causesOf(n *nominal, w *whatIf, waiting []int) []Cause {
	var all causes
	w.each(n, waiting, func(one *pod, why cause, _ bool) { all.add(why, one.name) })
	return all.list()
}
