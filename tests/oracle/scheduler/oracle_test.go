package scheduler

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/placement/scheduler"
)

// seen counts what was compared, so that a run which compares nothing is noticed.
type seen struct {
	clusters, placed, pending, alone, single, tied, refusals, evictions, inVain int
	filters                                                                     map[string]int
}

// compare lets both schedulers place the pods of a world, and returns the first
// difference in words; change may alter what ours is given.
func compare(ctx context.Context, t testing.TB, w *world, tell *seen, change func(*scheduler.Cluster, *corev1.Pod)) string {
	t.Helper()
	k := newKube(ctx, t, w)
	cluster := w.Cluster
	if change != nil {
		change(&cluster, nil)
	}
	s, err := scheduler.New(&cluster)
	require.NoError(t, err)
	var ours []*scheduler.Pod
	for i, p := range w.written {
		if change != nil {
			p = p.DeepCopy()
			change(&cluster, p)
		}
		pod, err := s.Pod(p, w.owners[i])
		require.NoError(t, err)
		ours = append(ours, pod)
	}
	st := s.State()
	byName := map[string]int{}
	var queue []int
	for i, p := range w.pods {
		byName[p.Namespace+"/"+p.Name] = i
		queue = append(queue, i)
	}
	tell.clusters++
	for step := 0; step < len(queue) && step < 2*len(w.pods); step++ {
		i := queue[step]
		if j, leaves := w.leave[step]; leaves && st.Node(ours[j]) != "" {
			st.Remove(ours[j])
			k.remove(t, w.pods[j].Namespace+"/"+w.pods[j].Name)
		}
		before := st.Why(ours[i])
		a := k.place(ctx, t, w.pods[i], func(n int) int { return (step + int(w.seed)) % n })
		if a.inVain {
			tell.inVain++
			return "" // kube-scheduler would go on evicting
		}
		try := st.Clone().Place(ours[i], nil)
		at := slices.Index(try.Best, a.node)
		got := st.Place(ours[i], func(int) int { return max(at, 0) })
		if diff := tell.differ(a, before, got); diff != "" {
			return fmt.Sprintf("step %d, pod %s/%s: %s", step, w.pods[i].Namespace, w.pods[i].Name, diff)
		}
		for _, v := range a.victims { // their controllers make them anew
			queue = append(queue, byName[v])
		}
	}
	return ""
}

// differ compares the answers about one pod.
func (s *seen) differ(a answer, why []scheduler.Refusal, got scheduler.Placement) string {
	for _, r := range why {
		status := a.refused[r.Node]
		switch {
		case status == nil && r.Filter != "":
			return fmt.Sprintf("we say that %s refuses it (%s: %s), kube-scheduler that it is open", r.Node, r.Filter, r.Reason)
		case status == nil:
			continue
		case r.Filter == "":
			return fmt.Sprintf("kube-scheduler says that %s refuses it (%s: %s), we that it is open", r.Node, status.Plugin(), status.Message())
		}
		theirs, own := slices.Sorted(slices.Values(status.Reasons())), slices.Sorted(slices.Values(strings.Split(r.Reason, ", ")))
		if status.Plugin() != r.Filter || !slices.Equal(theirs, own) {
			return fmt.Sprintf("%s refuses it by %s: %v, we say by %s: %v", r.Node, status.Plugin(), theirs, r.Filter, own)
		}
		s.refusals++
		s.filters[r.Filter]++
	}
	var evicted []string
	for _, e := range got.Evicted {
		evicted = append(evicted, e.Kubernetes.Namespace+"/"+e.Kubernetes.Name)
	}
	slices.Sort(evicted)
	switch {
	case a.node != got.Node:
		return fmt.Sprintf("kube-scheduler puts it on %q (best %v, for %v), we on %q (best %v, for %v)", a.node, a.best, a.victims, got.Node, got.Best, evicted)
	case a.node == "":
		s.pending++
		return ""
	case len(a.victims) == 0 && !slices.Equal(a.best, got.Best):
		return fmt.Sprintf("kube-scheduler finds %v best, we %v", a.best, got.Best)
	case !slices.Equal(a.victims, evicted):
		return fmt.Sprintf("kube-scheduler evicts %v from %s, we %v", a.victims, a.node, evicted)
	}
	s.placed++
	switch {
	case len(evicted) > 0:
		s.evictions++
	case len(why)-len(a.refused) == 1:
		s.alone++
	case len(got.Best) == 1:
		s.single++
	default:
		s.tied++
	}
	return ""
}

// shrink leaves out pods and nodes while the difference stays, and prints what is left.
func shrink(ctx context.Context, t testing.TB, w *world) string {
	t.Helper()
	differs := func(w *world) bool {
		return compare(ctx, t, w, &seen{filters: map[string]int{}}, nil) != ""
	}
	for again := true; again; {
		again = false
		for i := range w.pods {
			less := *w
			less.pods, less.written, less.owners = without(w.pods, i), without(w.written, i), without(w.owners, i)
			less.leave = nil
			if differs(&less) {
				w, again = &less, true
				break
			}
		}
		for i := range w.Nodes {
			less := *w
			less.Nodes = without(w.Nodes, i)
			if !again && len(less.Nodes) > 0 && differs(&less) {
				w, again = &less, true
				break
			}
		}
	}
	var out strings.Builder
	fmt.Fprintln(&out, compare(ctx, t, w, &seen{filters: map[string]int{}}, nil))
	for _, n := range w.Nodes {
		b, _ := yaml.Marshal(n)
		fmt.Fprintf(&out, "---\n%s", b)
	}
	for _, p := range w.written {
		b, _ := yaml.Marshal(p)
		fmt.Fprintf(&out, "---\n%s", b)
	}
	return out.String()
}

func without[T any](all []T, i int) []T { return slices.Delete(slices.Clone(all), i, i+1) }

// TestOracle compares many clusters: 500 always, 10 000 with STILLSUIT_ORACLE=full, and
// as many as it says with a number.
func TestOracle(t *testing.T) {
	clusters := 500
	if asked := os.Getenv("STILLSUIT_ORACLE"); asked == "full" {
		clusters = 10000
	} else if asked != "" {
		var err error
		clusters, err = strconv.Atoi(asked)
		require.NoError(t, err)
	}
	tell := &seen{filters: map[string]int{}}
	differences := 0
	for seed := range clusters {
		w := newWorld(t, uint64(seed))
		ctx, cancel := context.WithCancel(t.Context())
		if diff := compare(ctx, t, w, tell, nil); diff != "" {
			differences++
			t.Errorf("cluster %d: %s", seed, diff)
			if differences == 1 {
				t.Log(shrink(ctx, t, w))
			}
		}
		cancel()
		if differences == 10 {
			break
		}
	}
	// A run that compared too little has shown nothing.
	for _, filter := range []string{
		scheduler.NodeUnschedulable, scheduler.NodeName, scheduler.TaintToleration, scheduler.NodeAffinity, scheduler.NodePorts, scheduler.NodeResourcesFit,
		scheduler.VolumeRestrictions, scheduler.VolumeBinding, scheduler.VolumeZone, scheduler.PodTopologySpread, scheduler.InterPodAffinity,
	} {
		require.NotZero(t, tell.filters[filter], filter)
	}
	require.Greater(t, tell.single, clusters)
	require.NotZero(t, tell.tied)
	require.NotZero(t, tell.evictions)
	require.LessOrEqual(t, tell.inVain, 1+clusters/1000)
	t.Logf("%d clusters, %d differences: %d pods placed (%d on the only node, %d on a single best one, %d where several tied, %d by evicting others), %d pending; %d clusters left where pods were evicted in vain; refusals compared: %v",
		tell.clusters, differences, tell.placed, tell.alone, tell.single, tell.tied, tell.evictions, tell.pending, tell.inVain, tell.filters)
}
