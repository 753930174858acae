package scheduler

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/placement/scheduler"
)

// large is a world of 50 nodes and 2000 pods of 200 owners, each with a service; every
// tenth owner's pods must not share a node.
func large(tb testing.TB) *world {
	tb.Helper()
	w := &world{}
	w.Namespaces = map[string]map[string]string{"home": nil}
	for i := range 50 {
		n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("node%02d", i)}}
		n.Labels = map[string]string{corev1.LabelHostname: n.Name, corev1.LabelTopologyZone: fmt.Sprintf("zone%d", i%4)}
		n.Status.Allocatable = quantities("cpu", "8", "memory", "24Gi", "pods", "110")
		w.Nodes = append(w.Nodes, n)
	}
	for i := range 200 {
		name := fmt.Sprintf("app%d", i)
		labels := map[string]string{"app": name}
		selector := &metav1.LabelSelector{MatchLabels: labels}
		meta := metav1.ObjectMeta{Namespace: "home", Name: name}
		w.Services = append(w.Services, &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Selector: labels}})
		w.replicaSets = append(w.replicaSets, &appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Selector: selector}})
		for j := range 10 {
			pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "home", Name: fmt.Sprintf("%s-%d", name, j), Labels: labels}}
			pod.Spec.Containers = []corev1.Container{{Name: "main", Image: "example.org/a:1", Resources: corev1.ResourceRequirements{Requests: quantities("cpu", fmt.Sprintf("%dm", 10+i%90), "memory", fmt.Sprintf("%dMi", 64+4*(i%100)))}}}
			if i%10 == 0 {
				pod.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: corev1.LabelHostname, LabelSelector: selector}}}}
			}
			w.written = append(w.written, pod)
			w.owners = append(w.owners, selector)
			w.pods = append(w.pods, admitted(tb, pod, "ReplicaSet", name))
		}
	}
	return w
}

// BenchmarkKubeScheduler places 2000 pods on 50 nodes with kube-scheduler's framework.
func BenchmarkKubeScheduler(b *testing.B) {
	w := large(b)
	for range b.N {
		b.StopTimer()
		ctx, cancel := context.WithCancel(context.Background())
		k := newKube(ctx, b, w)
		b.StartTimer()
		for _, p := range w.pods {
			require.NotEmpty(b, k.place(ctx, b, p, func(int) int { return 0 }).node)
		}
		cancel()
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(w.pods)), "µs/pod")
}

// BenchmarkSimulation places the same pods with ours.
func BenchmarkSimulation(b *testing.B) {
	w := large(b)
	s, err := scheduler.New(&w.Cluster)
	require.NoError(b, err)
	var pods []*scheduler.Pod
	for i, p := range w.written {
		pod, err := s.Pod(p, w.owners[i])
		require.NoError(b, err)
		pods = append(pods, pod)
	}
	empty, st := s.State(), s.State()
	b.ResetTimer()
	for range b.N {
		st.Copy(empty)
		for _, p := range pods {
			require.NotEmpty(b, st.Place(p, nil).Node)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(pods)), "µs/pod")
}

// TestLarge compares both on the large world too.
func TestLarge(t *testing.T) {
	tell := &seen{filters: map[string]int{}}
	require.Empty(t, compare(t.Context(), t, large(t), tell, nil))
	require.Equal(t, 2000, tell.placed)
}
