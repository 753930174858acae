package scheduler

import (
	"encoding/json"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

// Pod is a pod made ready to be placed many times. Two pods of one template share
// everything but their names.
type Pod struct {
	// Kubernetes is the pod as it was given.
	Kubernetes *corev1.Pod

	id     int
	class  *class
	claims []int    // of its volumes, in their order
	gate   *Refusal // refuses it on all nodes before any is looked at
}

// class is what pods of one template share: all that is judged once per node.
type class struct {
	id        int // in the order in which they were read
	namespace string
	labels    map[string]string
	demand    demand
	priority  int32
	preempts  bool
	conflict  bool // its required terms name no node

	refused []*Refusal // by node, nil where nothing static refuses
	open    []int      // the nodes where nothing static refuses

	// Raw scores by node; nil when all are equal.
	taints, affinity, images []int64

	tokens, barred []int // what it holds on its node, and what must not be held there
	disks          []int // the same as barred, for disks

	hard, soft []spread
	unscored   []bool // nodes that soft constraints leave out
	terms      terms

	counted []int   // counters that count it
	against []reach // required anti-affinity of others that chooses it
	valued  []reach // terms of others that choose it and count in the score
	budgets []int
}

// Pod makes a pod ready. Its Namespace, Name, Labels and Spec matter, with
// Spec.Priority set (nil is 0); labels that its controller sets are the caller's to
// add, and what the API server defaults (requests from limits, ports of the host) is
// filled in. owner is the selector of its ReplicaSet or StatefulSet, nil for none. Ephemeral
// volumes bring their claims with them. An error means that something in the pod does
// not parse: kube-scheduler would refuse it too.
func (s *Scheduler) Pod(p *corev1.Pod, owner *metav1.LabelSelector) (*Pod, error) {
	c, err := s.class(admitted(p), owner)
	if err != nil {
		return nil, fmt.Errorf("read pod %s/%s: %w", p.Namespace, p.Name, err)
	}
	out := &Pod{Kubernetes: p, id: len(s.pods), class: c}
	if err := s.storage.volumesOf(out); err != nil {
		return nil, fmt.Errorf("read volumes of pod %s/%s: %w", p.Namespace, p.Name, err)
	}
	if len(p.Spec.SchedulingGates) > 0 {
		out.gate = &Refusal{Filter: SchedulingGates, Reason: "Scheduling is blocked due to non-empty scheduling gates", Static: true}
	}
	s.pods = append(s.pods, out)
	return out, nil
}

// Like makes another pod of the template of one that is ready, at no cost but its own.
// The two share what Kubernetes calls them. A pod with claims has none like it.
func (s *Scheduler) Like(p *Pod) *Pod {
	out := &Pod{Kubernetes: p.Kubernetes, id: len(s.pods), class: p.class, claims: p.claims, gate: p.gate}
	s.pods = append(s.pods, out)
	return out
}

// class returns what is judged once for all pods that are written alike.
func (s *Scheduler) class(p *corev1.Pod, owner *metav1.LabelSelector) (*class, error) {
	key, err := json.Marshal(struct {
		Namespace string
		Labels    map[string]string
		Spec      *corev1.PodSpec
		Owner     *metav1.LabelSelector
	}{p.Namespace, p.Labels, &p.Spec, owner})
	if err != nil {
		return nil, err
	}
	if c := s.classes.of[string(key)]; c != nil {
		return c, nil
	}
	c := &class{
		id: len(s.classes.list), namespace: p.Namespace, labels: p.Labels, demand: s.extended.demand(p),
		preempts: p.Spec.PreemptionPolicy == nil || *p.Spec.PreemptionPolicy != corev1.PreemptNever,
	}
	if p.Spec.Priority != nil {
		c.priority = *p.Spec.Priority
	}
	s.static(c, p)
	if err := s.preferences(c, p); err != nil {
		return nil, err
	}
	s.classes.exclusive(c, p)
	if err := s.spreads(c, p, owner); err != nil {
		return nil, err
	}
	if err := s.affinities(c, p); err != nil {
		return nil, err
	}
	for i := range s.budgets {
		if s.budgets[i].covers(c) {
			c.budgets = append(c.budgets, i)
		}
	}
	s.classes.add(string(key), c)
	return c, nil
}

// preferences scores the nodes by what does not change.
func (s *Scheduler) preferences(c *class, p *corev1.Pod) error {
	c.taints = s.avoided(p)
	c.images = s.images.present(p, len(s.nodes))
	if a := p.Spec.Affinity; a != nil && a.NodeAffinity != nil && len(a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution) > 0 {
		preferred, err := nodeaffinity.NewPreferredSchedulingTerms(a.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution)
		if err != nil {
			return fmt.Errorf("preferred node affinity: %w", err)
		}
		for _, n := range s.nodes {
			c.affinity = append(c.affinity, preferred.Score(n))
		}
	}
	return nil
}
