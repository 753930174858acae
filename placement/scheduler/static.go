package scheduler

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	schedulinghelper "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/klog/v2"
)

// static judges the nodes by what does not depend on what runs, but volumes.
func (s *nodeSet) static(c *class, p *corev1.Pod) {
	named, conflict := namedNodes(p)
	c.conflict = conflict
	required := nodeaffinity.GetRequiredNodeAffinity(p)
	for i, n := range s.nodes {
		r := refusedBy(p, n, required, named, conflict)
		c.refused = append(c.refused, r)
		if r == nil {
			c.open = append(c.open, i)
		}
	}
}

// refusedBy returns the first static refusal of a node, in the order of the profile.
func refusedBy(p *corev1.Pod, n *corev1.Node, required nodeaffinity.RequiredNodeAffinity, named map[string]bool, conflict bool) *Refusal {
	refuse := func(filter, reason string) *Refusal {
		return &Refusal{Node: n.Name, Filter: filter, Reason: reason, Static: true}
	}
	if conflict {
		return refuse(NodeAffinity, "pod affinity terms conflict")
	}
	if named != nil && !named[n.Name] {
		return refuse(NodeAffinity, "node(s) didn't satisfy plugin(s) [NodeAffinity]")
	}
	if n.Spec.Unschedulable && !schedulinghelper.TolerationsTolerateTaint(klog.Logger{}, p.Spec.Tolerations,
		&corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule}, false) {
		return refuse(NodeUnschedulable, "node(s) were unschedulable")
	}
	if p.Spec.NodeName != "" && p.Spec.NodeName != n.Name {
		return refuse(NodeName, "node(s) didn't match the requested node name")
	}
	if _, found := Untolerated(n.Spec.Taints, p.Spec.Tolerations); found {
		return refuse(TaintToleration, "node(s) had untolerated taint(s)")
	}
	// A term that does not parse matches no node, as in kube-scheduler.
	if match, _ := required.Match(n); !match {
		return refuse(NodeAffinity, "node(s) didn't match Pod's node affinity/selector")
	}
	return nil
}

// namedNodes are the nodes that required affinity names in each of its terms, nil for
// none; conflict when no node can have the names that the terms ask for. DaemonSets
// choose nodes so, and kube-scheduler looks at those nodes alone.
func namedNodes(p *corev1.Pod) (named map[string]bool, conflict bool) {
	a := p.Spec.Affinity
	if a == nil || a.NodeAffinity == nil || a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution == nil {
		return nil, false
	}
	terms := a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
	for _, term := range terms {
		names, any := map[string]bool{}, false
		for _, r := range term.MatchFields {
			if r.Key != metav1.ObjectNameField || r.Operator != corev1.NodeSelectorOpIn {
				continue
			}
			both := map[string]bool{}
			for _, v := range r.Values {
				if !any || names[v] {
					both[v] = true
				}
			}
			names, any = both, true
		}
		if !any {
			return nil, false
		}
		if named == nil {
			named = map[string]bool{}
		}
		for name := range names {
			named[name] = true
		}
	}
	return named, named != nil && len(named) == 0
}

// avoided counts by node the taints that only ask to stay away and are not tolerated.
func (s *nodeSet) avoided(p *corev1.Pod) []int64 {
	var tolerations []corev1.Toleration
	for _, t := range p.Spec.Tolerations {
		if t.Effect == "" || t.Effect == corev1.TaintEffectPreferNoSchedule {
			tolerations = append(tolerations, t)
		}
	}
	out, some := make([]int64, len(s.nodes)), false
	for i, n := range s.nodes {
		for j := range n.Spec.Taints {
			t := &n.Spec.Taints[j]
			if t.Effect == corev1.TaintEffectPreferNoSchedule && !schedulinghelper.TolerationsTolerateTaint(klog.Logger{}, tolerations, t, false) {
				out[i]++
				some = true
			}
		}
	}
	if !some {
		return nil
	}
	return out
}
