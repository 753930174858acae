package e2e_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// census tells which workload makes a pod.
type census struct {
	of map[string]*demand.Workload // kind namespace/name of the object
	// keys are what pods are compared by, for each name in a report: the name, but
	// for the pods of a Deployment, which nobody can tell apart, that of all.
	keys map[string]string
}

// counted is a pod of the cluster.
type counted struct {
	corev1.Pod
	key string
	why string // why the scheduler has no node for it; "" when it runs
}

// takeCensus reads what the subject makes run. Its nodes are those that DaemonSets
// may have pods on.
func (s *scenario) takeCensus(subject *inventory.Subject) *census {
	s.Helper()
	d, err := demand.Of(subject)
	require.NoError(s, err)
	require.Empty(s, d.Unknown)
	c := &census{of: map[string]*demand.Workload{}, keys: map[string]string{}}
	for _, w := range d.Workloads {
		if w.Runs != demand.Always {
			continue
		}
		kind := "Deployment"
		switch {
		case w.PerNode:
			kind = "DaemonSet"
			for _, node := range subject.NodeNames() {
				c.keys[w.Name+" on "+node] = w.Name + " on " + node
			}
		case w.Pod != nil:
			kind = w.Pod.Object.Kind
		case len(w.Claims) > 0:
			kind = "StatefulSet"
		}
		for i := range w.Pods {
			if c.keys[w.PodName(i)] = w.PodName(i); kind == "Deployment" {
				c.keys[w.PodName(i)] = w.Name
			}
		}
		object := kind + " " + w.Template.Namespace + "/" + w.Template.Name
		require.NotContains(s, c.of, object)
		c.of[object] = w
	}
	return c
}

// called are the keys of pods that a report names, sorted.
func (c *census) called(names []string) []string {
	var out []string
	for _, name := range names {
		out = append(out, c.keys[name])
	}
	slices.Sort(out)
	return out
}

// count returns the cluster's pods but those of Jobs, by key, once nothing moves:
// those that are wanted are there and no others, as the plan counts them, and each
// either runs or is known to have no node.
func (s *scenario) count(c *census, wanted []string) []counted {
	s.Helper()
	var out []counted
	var moving []string
	wanted = c.called(wanted)
	err := s.Await("the pods to settle", patience, func(ctx context.Context) (bool, error) {
		nodes, err := s.Client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		if err != nil {
			return false, err
		}
		out, moving, err = s.look(ctx, c)
		if err != nil {
			return false, err
		}
		for _, p := range out {
			// One that was judged when there were other nodes is made anew: the
			// scheduler would try it again by itself, but some only after minutes.
			if p.why != "" && !strings.HasPrefix(p.why, fmt.Sprintf("0/%d ", len(nodes.Items))) {
				moving = append(moving, p.key+" is judged anew")
				if err := s.Drop(p.Pod); err != nil {
					return false, err
				}
			}
		}
		return len(moving) == 0 && slices.Equal(keysOf(out), wanted), nil
	})
	if err != nil {
		require.Equal(s, wanted, keysOf(out), "moving: %v", moving)
	}
	require.NoError(s, err, "moving: %v", moving)
	return out
}

// look lists the pods, and those of them that are on their way.
func (s *scenario) look(ctx context.Context, c *census) (out []counted, moving []string, err error) {
	list, err := s.Client.CoreV1().Pods("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, nil, err
	}
	for _, p := range list.Items {
		object, node := owner(&p)
		if strings.HasPrefix(object, "Job ") {
			continue
		}
		w := c.of[object]
		if odd := oddity(w, &p); odd != "" {
			moving = append(moving, fmt.Sprintf("pod %s/%s %s", p.Namespace, p.Name, odd))
			continue
		}
		one := counted{Pod: p, key: w.Name, why: pending(p)}
		switch kind, _, _ := strings.Cut(object, " "); {
		case w.PerNode:
			one.key += " on " + node
		case kind == "StatefulSet":
			var ordinal int
			if _, err := fmt.Sscan(p.Name[strings.LastIndex(p.Name, "-")+1:], &ordinal); err != nil {
				return nil, nil, err
			}
			one.key = w.PodName(ordinal)
		}
		if settled := p.Status.Phase == corev1.PodRunning || one.why != ""; !settled || p.DeletionTimestamp != nil || p.Status.NominatedNodeName != "" && p.Spec.NodeName == "" {
			moving = append(moving, one.key)
		}
		out = append(out, one)
	}
	slices.SortFunc(out, func(a, b counted) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.Name, b.Name)) })
	return out, moving, nil
}

// oddity says what a pod is otherwise than its workload in the plan.
func oddity(w *demand.Workload, p *corev1.Pod) string {
	if w == nil {
		return "is not counted by the plan"
	}
	has, plans := demand.Requests(p), demand.Requests(w.Template)
	switch {
	case has.Memory().Cmp(*plans.Memory()) != 0 || has.Cpu().Cmp(*plans.Cpu()) != 0:
		return fmt.Sprintf("asks for %s of memory and %s of cpu, and the plan counts %s and %s", has.Memory(), has.Cpu(), plans.Memory(), plans.Cpu())
	case priority(p) != priority(w.Template):
		return fmt.Sprintf("has priority %d, and the plan counts on %d", priority(p), priority(w.Template))
	}
	return ""
}

// owner is the object that a pod is of, as a census has it, and the node that it is
// for or on.
func owner(p *corev1.Pod) (object, node string) {
	node = p.Spec.NodeName
	by := metav1.GetControllerOf(p)
	if by == nil {
		return "", node
	}
	kind, name := by.Kind, by.Name
	switch kind {
	case "ReplicaSet":
		kind, name = "Deployment", strings.TrimSuffix(name, "-"+p.Labels["pod-template-hash"])
	case "DaemonSet":
		// The controller writes the node into the pod's affinity.
		for _, t := range p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms {
			node = t.MatchFields[0].Values[0]
		}
	}
	return kind + " " + p.Namespace + "/" + name, node
}

func priority(p *corev1.Pod) int32 {
	if p.Spec.Priority == nil {
		return 0
	}
	return *p.Spec.Priority
}

// keysOf are the keys of pods, sorted.
func keysOf(pods []counted) []string {
	var out []string
	for _, p := range pods {
		out = append(out, p.key)
	}
	slices.Sort(out)
	return out
}

// waitingOf are the pods that the scheduler has no node for.
func waitingOf(pods []counted) []counted {
	return slices.DeleteFunc(slices.Clone(pods), func(p counted) bool { return p.why == "" })
}

// placed are the nodes where pods run, by the names that a report gives them.
func (c *census) placed(pods []counted) map[string]string {
	free := map[string][]string{}
	for name, key := range c.keys {
		free[key] = append(free[key], name)
	}
	for _, names := range free {
		slices.Sort(names)
	}
	out := map[string]string{}
	for _, p := range pods {
		if p.Spec.NodeName == "" {
			continue
		}
		out[free[p.key][0]] = p.Spec.NodeName
		free[p.key] = free[p.key][1:]
	}
	return out
}
