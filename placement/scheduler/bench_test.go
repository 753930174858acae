package scheduler

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// large is a cluster of 50 nodes and 2000 pods of 200 templates, as a homelab has
// them: all with an owner and a service, some that must not share a node, some spread,
// some with local volumes.
func large(tb testing.TB, memory string) (*Scheduler, []*Pod) {
	tb.Helper()
	c := &Cluster{Local: map[string]bool{"local-path": true}}
	for i := range 50 {
		n := &corev1.Node{}
		n.Name = fmt.Sprintf("node%02d", i)
		n.Labels = map[string]string{corev1.LabelHostname: n.Name, corev1.LabelArchStable: []string{"arm64", "arm64", "amd64"}[i%3], corev1.LabelTopologyZone: fmt.Sprintf("zone%d", i%4)}
		require.NoError(tb, yaml.Unmarshal([]byte(`{cpu: "8", memory: `+memory+`, pods: "110", ephemeral-storage: 100Gi}`), &n.Status.Allocatable))
		c.Nodes = append(c.Nodes, n)
	}
	var pods []*corev1.Pod
	for i := range 200 {
		name := fmt.Sprintf("app%d", i)
		c.Services = append(c.Services, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}, Spec: corev1.ServiceSpec{Selector: map[string]string{"app": name}}})
		for j := range 10 {
			p := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("%s-%d", name, j), Labels: map[string]string{"app": name}}}
			spec := fmt.Sprintf(`{containers: [{name: c, image: "example.org/a:1", resources: {requests: {cpu: %dm, memory: %dMi}}}]}`, 10+i%90, 64+4*(i%100))
			require.NoError(tb, yaml.Unmarshal([]byte(spec), &p.Spec))
			switch {
			case i%20 == 0:
				require.NoError(tb, yaml.Unmarshal([]byte(`{podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app: `+name+`}}}]}}`), &p.Spec.Affinity))
			case i%20 == 1:
				require.NoError(tb, yaml.Unmarshal([]byte(`[{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: `+name+`}}}]`), &p.Spec.TopologySpreadConstraints))
			case i%20 == 2:
				claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "data-" + p.Name}}
				class := "local-path"
				claim.Spec.StorageClassName = &class
				c.Claims = append(c.Claims, claim)
				p.Spec.Volumes = []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim.Name}}}}
			case i%20 == 3:
				p.Spec.NodeSelector = map[string]string{corev1.LabelArchStable: "amd64"}
			}
			pods = append(pods, p)
		}
	}
	s, err := New(c)
	require.NoError(tb, err)
	var out []*Pod
	for _, p := range pods {
		ready, err := s.Pod(p, &metav1.LabelSelector{MatchLabels: p.Labels})
		require.NoError(tb, err)
		out = append(out, ready)
	}
	return s, out
}

// BenchmarkOrder places 2000 pods on 50 nodes in a random order: where all fit, where
// many stay pending, and where every tenth may evict others.
func BenchmarkOrder(b *testing.B) {
	for _, bm := range []struct {
		name, memory string
		priorities   bool
	}{{"roomy", "24Gi", false}, {"crowded", "8Gi", false}, {"evicting", "8Gi", true}} {
		b.Run(bm.name, func(b *testing.B) { order(b, bm.memory, bm.priorities) })
	}
}

func order(b *testing.B, memory string, priorities bool) {
	b.Helper()
	s, pods := large(b, memory)
	if priorities {
		for i, p := range pods {
			if i%200 < 20 { // of 20 owners
				p.class.priority = 1000
			}
		}
	}
	empty, st := s.State(), s.State()
	random := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	b.ResetTimer()
	pending, evicted := 0, 0
	for range b.N {
		st.Copy(empty)
		random.Shuffle(len(pods), func(i, j int) { pods[i], pods[j] = pods[j], pods[i] })
		for _, p := range pods {
			got := st.Place(p, random.IntN)
			evicted += len(got.Evicted)
			if got.Node == "" {
				pending++
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(pods)), "µs/pod")
	b.ReportMetric(float64(pending)/float64(b.N), "pending")
	b.ReportMetric(float64(evicted)/float64(b.N), "evicted")
}

// BenchmarkPod makes 2000 pods ready, and the cluster for them.
func BenchmarkPod(b *testing.B) {
	for range b.N {
		large(b, "24Gi")
	}
}
