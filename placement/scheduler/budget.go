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

// budgetsOf reads budgets.
func budgetsOf(all []*policyv1.PodDisruptionBudget) ([]budget, error) {
	var out []budget
	for _, b := range all {
		selector, err := metav1.LabelSelectorAsSelector(b.Spec.Selector)
		if err != nil {
			return nil, fmt.Errorf("read the selector of budget %s/%s: %w", b.Namespace, b.Name, err)
		}
		out = append(out, budget{b, selector})
	}
	return out, nil
}

func (b *budget) covers(c *class) bool {
	return b.object.Namespace == c.namespace && len(c.labels) > 0 && !b.selector.Empty() && b.selector.Matches(labels.Set(c.labels))
}

// protected parts pods into those whose eviction, after those before them, a budget
// does not allow, and the others.
func (r *residents) protected(pods []*Pod) (protected, others []*Pod) {
	if len(r.s.budgets) == 0 {
		return nil, pods
	}
	allowed := make([]int64, len(r.s.budgets))
	for i := range allowed {
		allowed[i] = r.allowed(i)
	}
	for _, p := range pods {
		broken := false
		for _, i := range p.class.budgets {
			if _, counted := r.s.budgets[i].object.Status.DisruptedPods[p.Kubernetes.Name]; counted {
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
func (r *residents) allowed(i int) int64 {
	b := r.s.budgets[i].object
	if b.Status.ObservedGeneration != 0 || b.Status.ExpectedPods != 0 || b.Status.DisruptionsAllowed != 0 {
		return int64(b.Status.DisruptionsAllowed)
	}
	running := 0
	for id, node := range r.node {
		if node != nowhere && slices.Contains(r.s.pods[id].class.budgets, i) {
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

// kept parts the pods of runs into those that a budget protects and the others, in runs.
func (r *residents) kept(runs [][]int32) (protected, others [][]int32) {
	if len(r.s.budgets) == 0 {
		return nil, runs
	}
	var pods []*Pod
	for _, ids := range runs {
		for _, id := range ids {
			pods = append(pods, r.s.pods[id])
		}
	}
	some, rest := r.protected(pods)
	return alike(some), alike(rest)
}

// alike parts pods into runs of those of one class; a pod with claims is alone.
func alike(pods []*Pod) [][]int32 {
	var out [][]int32
	for i, p := range pods {
		if i == 0 || p.class != pods[i-1].class || len(p.claims)+len(pods[i-1].claims) > 0 {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], int32(p.id)) //nolint:gosec // pods are counted so
	}
	return out
}
