package scheduler

import (
	"fmt"
	"slices"

	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// budget is a disruption budget, read.
type budget struct {
	object   *policyv1.PodDisruptionBudget
	selector labels.Selector
}

func (s *Scheduler) readBudgets() error {
	for _, b := range s.cluster.Budgets {
		selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
		if err != nil {
			return fmt.Errorf("read the selector of budget %s/%s: %w", b.Namespace, b.Name, err)
		}
		s.budgets = append(s.budgets, budget{b, selector})
	}
	return nil
}

func (b *budget) covers(c *class) bool {
	return b.object.Namespace == c.namespace && len(c.labels) > 0 && !b.selector.Empty() && b.selector.Matches(labels.Set(c.labels))
}

// protected parts pods into those whose eviction, after those before them, a budget
// does not allow, and the others.
func (st *State) protected(pods []*Pod) (protected, others []*Pod) {
	if len(st.s.budgets) == 0 {
		return nil, pods
	}
	allowed := make([]int64, len(st.s.budgets))
	for i := range allowed {
		allowed[i] = st.allowed(i)
	}
	for _, p := range pods {
		broken := false
		for _, i := range p.class.budgets {
			if _, counted := st.s.budgets[i].object.Status.DisruptedPods[p.Kubernetes.Name]; counted {
				continue
			}
			allowed[i]--
			broken = broken || allowed[i] < 0
		}
		if broken {
			protected = append(protected, p)
		} else {
			others = append(others, p)
		}
	}
	return protected, others
}

// allowed is how many pods a budget lets go: what its status says, or what its spec
// allows of the pods that run now.
func (st *State) allowed(i int) int64 {
	b := st.s.budgets[i].object
	if b.Status.ObservedGeneration != 0 || b.Status.ExpectedPods != 0 || b.Status.DisruptionsAllowed != 0 {
		return int64(b.Status.DisruptionsAllowed)
	}
	running := 0
	for id, node := range st.node {
		if node != nowhere && slices.Contains(st.s.pods[id].class.budgets, i) {
			running++
		}
	}
	// A value that does not parse allows nothing.
	if b.Spec.MaxUnavailable != nil {
		most, err := intstr.GetScaledValueFromIntOrPercent(b.Spec.MaxUnavailable, running, true)
		if err != nil {
			return 0
		}
		return int64(max(most, 0))
	}
	if b.Spec.MinAvailable == nil {
		return int64(running)
	}
	least, err := intstr.GetScaledValueFromIntOrPercent(b.Spec.MinAvailable, running, true)
	if err != nil {
		return 0
	}
	return int64(max(running-least, 0))
}
