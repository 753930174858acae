package scheduler

import (
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// term is a term of affinity to other pods, or of anti-affinity.
type term struct {
	topology   *topology
	namespaces map[string]bool
	in         labels.Selector // further namespaces, by their labels
	selector   labels.Selector
}

// terms are what a class asks of the pods that run.
type terms struct {
	together int         // counter of the pods that match all required terms; -1 for no such term
	near     []*topology // of the required terms
	self     bool        // the pod matches its own required terms
	apart    []reach     // required anti-affinity
	wanted   []reach     // preferred; the weight of anti-affinity is negative
}

// reach is a counter by the domains of a topology.
type reach struct {
	counter  int
	topology *topology
	weight   int64
}

// owned is a term that pods have, which reaches others when they are placed.
type owned struct {
	term  term
	reach reach // of its owners; weight 0 is required anti-affinity, which forbids
}

// affinities reads the affinity of a pod to others.
func (s *Scheduler) affinities(c *class, p *corev1.Pod) error {
	c.terms.together = -1
	a := p.Spec.Affinity
	if a == nil {
		return nil
	}
	if a.PodAffinity != nil {
		var all []chooser
		for i := range a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
			t, err := s.term(p, &a.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution[i])
			if err != nil {
				return fmt.Errorf("required pod affinity: %w", err)
			}
			all = append(all, s.chooser(t))
			c.terms.near = append(c.terms.near, t.topology)
			s.classes.own(c, t, requiredWeight, "required")
		}
		if len(all) > 0 {
			c.terms.together = s.classes.counter(all...)
			c.terms.self = !slices.ContainsFunc(all, func(ch chooser) bool { return !ch.chooses(c) })
		}
		if err := s.prefer(c, p, a.PodAffinity.PreferredDuringSchedulingIgnoredDuringExecution, 1); err != nil {
			return fmt.Errorf("preferred pod affinity: %w", err)
		}
	}
	if a.PodAntiAffinity != nil {
		for i := range a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution {
			t, err := s.term(p, &a.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution[i])
			if err != nil {
				return fmt.Errorf("required pod anti-affinity: %w", err)
			}
			c.terms.apart = append(c.terms.apart, reach{counter: s.classes.counter(s.chooser(t)), topology: t.topology})
			s.classes.own(c, t, 0, "forbidden")
		}
		if err := s.prefer(c, p, a.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution, -1); err != nil {
			return fmt.Errorf("preferred pod anti-affinity: %w", err)
		}
	}
	return nil
}

// requiredWeight is what a required term of a running pod counts for a pod that it
// chooses (InterPodAffinityArgs.HardPodAffinityWeight).
const requiredWeight = 1

func (s *Scheduler) prefer(c *class, p *corev1.Pod, all []corev1.WeightedPodAffinityTerm, sign int64) error {
	for i := range all {
		t, err := s.term(p, &all[i].PodAffinityTerm)
		if err != nil {
			return err
		}
		weight := sign * int64(all[i].Weight)
		c.terms.wanted = append(c.terms.wanted, reach{s.classes.counter(s.chooser(t)), t.topology, weight})
		s.classes.own(c, t, weight, "preferred")
	}
	return nil
}

// term reads a term, with the label keys that the API server writes into its selector
// when the pod is made.
func (s *Scheduler) term(p *corev1.Pod, t *corev1.PodAffinityTerm) (term, error) {
	selector, err := metav1.LabelSelectorAsSelector(withKeys(t, p.Labels))
	if err != nil {
		return term{}, err
	}
	in, err := metav1.LabelSelectorAsSelector(t.NamespaceSelector)
	if err != nil {
		return term{}, err
	}
	namespaces := map[string]bool{}
	for _, name := range t.Namespaces {
		namespaces[name] = true
	}
	if len(t.Namespaces) == 0 && t.NamespaceSelector == nil {
		namespaces[p.Namespace] = true
	}
	return term{topology: s.topology(t.TopologyKey), namespaces: namespaces, in: in, selector: selector}, nil
}

// withKeys is the selector of a term with its matchLabelKeys and mismatchLabelKeys.
func withKeys(t *corev1.PodAffinityTerm, podLabels map[string]string) *metav1.LabelSelector {
	if t.LabelSelector == nil || len(t.MatchLabelKeys)+len(t.MismatchLabelKeys) == 0 {
		return t.LabelSelector
	}
	out := t.LabelSelector.DeepCopy()
	add := func(keys []string, operator metav1.LabelSelectorOperator) {
		for _, key := range keys {
			if value, has := podLabels[key]; has {
				out.MatchExpressions = append(out.MatchExpressions, metav1.LabelSelectorRequirement{Key: key, Operator: operator, Values: []string{value}})
			}
		}
	}
	add(t.MatchLabelKeys, metav1.LabelSelectorOpIn)
	add(t.MismatchLabelKeys, metav1.LabelSelectorOpNotIn)
	return out
}

// chooser chooses the running pods that a term of a pod to be placed is about. Its
// namespace selector is asked for the namespaces that there are; kube-scheduler then
// asks it again about a pod's namespace as if that had no labels, so that a selector
// which no label fulfils chooses pods everywhere.
func (s *Scheduler) chooser(t term) chooser {
	namespaces := maps.Clone(t.namespaces)
	for name, set := range s.cluster.Namespaces {
		if t.in.Matches(labels.Set(set)) {
			namespaces[name] = true
		}
	}
	return chooser{namespaces: namespaces, everywhere: t.in.Matches(labels.Set(nil)), selector: t.selector}
}
