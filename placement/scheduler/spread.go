package scheduler

import (
	"fmt"
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// spread is one topology spread constraint of a class.
type spread struct {
	counter    int // of the pods that it counts; -1 when it counts none
	topology   *topology
	perNode    bool // by host name: counted node by node
	maxSkew    int32
	minDomains int32
	self       int32  // 1 when the pod itself is counted
	eligible   []bool // nodes whose pods are counted
}

// systemSpread are the constraints of pods that have none of their own (the profile's
// system defaults).
func systemSpread() []corev1.TopologySpreadConstraint {
	return []corev1.TopologySpreadConstraint{
		{TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.ScheduleAnyway, MaxSkew: 3},
		{TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.ScheduleAnyway, MaxSkew: 5},
	}
}

// spreads reads the topology spread constraints of a pod, or the system's.
func (s *Scheduler) spreads(c *class, p *corev1.Pod, owner *metav1.LabelSelector) error {
	if len(p.Spec.TopologySpreadConstraints) == 0 {
		selector, err := s.defaultSelector(p, owner)
		if err != nil || selector.Empty() {
			return err
		}
		for _, t := range systemSpread() {
			c.soft = append(c.soft, s.spread(p, &t, selector))
		}
		return nil
	}
	for i := range p.Spec.TopologySpreadConstraints {
		t := &p.Spec.TopologySpreadConstraints[i]
		selector, err := metav1.LabelSelectorAsSelector(t.LabelSelector)
		if err != nil {
			return fmt.Errorf("topology spread constraint on %s: %w", t.TopologyKey, err)
		}
		same := labels.Set{}
		for _, key := range t.MatchLabelKeys {
			if value, has := p.Labels[key]; has {
				same[key] = value
			}
		}
		if more, selectable := same.AsSelector().Requirements(); selectable && len(same) > 0 {
			if _, some := selector.Requirements(); some {
				selector = selector.Add(more...)
			}
		}
		if t.WhenUnsatisfiable == corev1.ScheduleAnyway {
			c.soft = append(c.soft, s.spread(p, t, selector))
		} else {
			c.hard = append(c.hard, s.spread(p, t, selector))
		}
	}
	// Constraints count only on nodes that have the labels of all of their kind.
	s.requireLabels(c.hard)
	c.unscored = s.requireLabels(c.soft)
	return nil
}

// requireLabels leaves out the nodes that lack the label of one of the constraints,
// and says which those are.
func (s *Scheduler) requireLabels(all []spread) []bool {
	out := make([]bool, len(s.nodes))
	for i := range s.nodes {
		for j := range all {
			out[i] = out[i] || all[j].topology.of[i] < 0
		}
		for j := range all {
			all[j].eligible[i] = all[j].eligible[i] && !out[i]
		}
	}
	return out
}

func (s *Scheduler) spread(p *corev1.Pod, t *corev1.TopologySpreadConstraint, selector labels.Selector) spread {
	out := spread{
		counter: -1, topology: s.topology(t.TopologyKey), perNode: t.TopologyKey == corev1.LabelHostname, maxSkew: t.MaxSkew, minDomains: 1,
	}
	if t.MinDomains != nil {
		out.minDomains = *t.MinDomains
	}
	if !selector.Empty() {
		out.counter = s.classes.counter(chooser{namespaces: map[string]bool{p.Namespace: true}, selector: selector})
	}
	if selector.Matches(labels.Set(p.Labels)) {
		out.self = 1
	}
	required := nodeaffinity.GetRequiredNodeAffinity(p)
	for _, n := range s.nodes {
		counts := true
		if t.NodeAffinityPolicy == nil || *t.NodeAffinityPolicy == corev1.NodeInclusionPolicyHonor {
			counts, _ = required.Match(n)
		}
		if t.NodeTaintsPolicy != nil && *t.NodeTaintsPolicy == corev1.NodeInclusionPolicyHonor {
			_, tainted := Untolerated(n.Spec.Taints, p.Spec.Tolerations)
			counts = counts && !tainted
		}
		out.eligible = append(out.eligible, counts)
	}
	return out
}

// defaultSelector chooses the pods that a pod without constraints is spread among:
// those of its services and of its owner.
func (s *Scheduler) defaultSelector(p *corev1.Pod, owner *metav1.LabelSelector) (labels.Selector, error) {
	set := labels.Set{}
	if services := s.services[p.Namespace]; services != nil {
		services.each(p.Labels, func(service labels.Set) {
			if service.AsSelector().Matches(labels.Set(p.Labels)) {
				maps.Copy(set, service)
			}
		})
	}
	selector := set.AsSelector()
	if owner == nil {
		return selector, nil
	}
	own, err := metav1.LabelSelectorAsSelector(owner)
	if err != nil {
		return nil, fmt.Errorf("selector of its owner: %w", err)
	}
	if requirements, selectable := own.Requirements(); selectable {
		selector = selector.Add(requirements...)
	}
	return selector, nil
}

// servicesOf are the selectors of Services that have one, by namespace.
func servicesOf(services []*corev1.Service) map[string]*index[labels.Set] {
	out := map[string]*index[labels.Set]{}
	for _, s := range services {
		if s.Spec.Selector == nil {
			continue
		}
		if out[s.Namespace] == nil {
			out[s.Namespace] = &index[labels.Set]{}
		}
		selector := labels.Set(s.Spec.Selector)
		out[s.Namespace].add(selector, needs(selector.AsSelector()))
	}
	return out
}
