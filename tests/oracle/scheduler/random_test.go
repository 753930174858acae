package scheduler

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	genericrequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install" // pods can be converted
	registry "k8s.io/kubernetes/pkg/registry/core/pod"

	"stillsuit.dev/placement/scheduler"
)

// world is a small cluster and the pods that come to it.
type world struct {
	scheduler.Cluster
	seed         uint64
	pods         []*corev1.Pod // as the API server keeps them
	written      []*corev1.Pod // the same as their controllers write them
	owners       []*metav1.LabelSelector
	replicaSets  []*appsv1.ReplicaSet
	statefulSets []*appsv1.StatefulSet
	leave        map[int]int // before pod i comes, pod j leaves
}

// dice makes choices from a seed, in the style of its cluster.
type dice struct {
	*rand.Rand
	style style
}

// style is how crowded a cluster is, and how much its pods ask for.
type style struct {
	constraints int // percent of the usual
	replicas    int // at most, of a workload
	workloads   int
	large       bool // requests are large, priorities common
}

// styles take turns.
func styles() []style {
	return []style{
		{constraints: 100, replicas: 6, workloads: 8},              // everything at once
		{constraints: 25, replicas: 8, workloads: 8},               // room, and few rules
		{constraints: 10, replicas: 8, workloads: 10, large: true}, // crowded
		{constraints: 45, replicas: 5, workloads: 6, large: true},
		{constraints: 5, replicas: 12, workloads: 4},
	}
}

func (d dice) often(percent int) bool { return d.IntN(100) < percent }

// rule is often, for what restricts where a pod runs or likes to run.
func (d dice) rule(percent int) bool { return d.IntN(10000) < percent*d.style.constraints }

func pick[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }

func quantities(pairs ...string) corev1.ResourceList {
	out := corev1.ResourceList{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out[corev1.ResourceName(pairs[i])] = resource.MustParse(pairs[i+1])
		}
	}
	return out
}

const (
	gpu = "gpu.intel.com/i915"
	// itself is a label by which volumes find their node, also where it has no host name.
	itself = "example.org/name"
)

// newWorld makes the cluster of a seed.
func newWorld(t testing.TB, seed uint64) *world {
	t.Helper()
	d := dice{rand.New(rand.NewPCG(seed, 0x5717)), styles()[seed%uint64(len(styles()))]}
	w := &world{seed: seed, leave: map[int]int{}}
	w.Namespaces = map[string]map[string]string{"home": {"tier": "home"}, "media": {"tier": "media", "open": "yes"}}
	if d.often(50) {
		w.Namespaces["voice"] = map[string]string{"tier": "voice"}
	}
	zones := d.often(50)
	for i := range 2 + d.IntN(7) {
		w.Nodes = append(w.Nodes, d.node(i, zones))
	}
	d.storage(w)
	for i := range 2 + d.IntN(d.style.workloads) {
		d.workload(t, w, i)
	}
	d.Shuffle(len(w.pods), func(i, j int) {
		w.pods[i], w.pods[j] = w.pods[j], w.pods[i]
		w.written[i], w.written[j] = w.written[j], w.written[i]
		w.owners[i], w.owners[j] = w.owners[j], w.owners[i]
	})
	for i := range w.pods {
		if i > 0 && d.often(8) {
			w.leave[i] = d.IntN(i)
		}
	}
	return w
}

func (d dice) node(i int, zones bool) *corev1.Node {
	arch := pick(d, "arm64", "arm64", "amd64")
	n := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("node%d", i), UID: types.UID(fmt.Sprintf("node%d", i))}}
	n.Labels = map[string]string{corev1.LabelHostname: n.Name, corev1.LabelArchStable: arch, corev1.LabelOSStable: "linux", itself: n.Name}
	if zones && d.often(80) {
		n.Labels[corev1.LabelTopologyZone] = pick(d, "attic", "cellar", "shed")
	}
	if d.often(40) {
		n.Labels["disk"] = pick(d, "ssd", "emmc")
	}
	if d.often(30) {
		n.Labels["board"] = pick(d, "one", "two")
	}
	if d.often(3) {
		delete(n.Labels, corev1.LabelHostname)
	}
	for _, key := range []string{"dedicated", "slow"} {
		if d.rule(20) {
			n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: key, Value: pick(d, "", "x"), Effect: pick(d, corev1.TaintEffectNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectPreferNoSchedule, corev1.TaintEffectNoExecute)})
		}
	}
	n.Spec.Unschedulable = d.often(5)
	if n.Spec.Unschedulable {
		n.Spec.Taints = append(n.Spec.Taints, corev1.Taint{Key: corev1.TaintNodeUnschedulable, Effect: corev1.TaintEffectNoSchedule})
	}
	n.Status.Allocatable = quantities("cpu", pick(d, "2", "4", "4", "8", "3500m"), "memory", pick(d, "2Gi", "4Gi", "7998000Ki", "7998000Ki", "15Gi"), "pods", pick(d, "110", "110", "110", "5"),
		"ephemeral-storage", pick(d, "14Gi", "100Gi"))
	if d.often(2) {
		delete(n.Status.Allocatable, pick(d, corev1.ResourceCPU, corev1.ResourceMemory))
	}
	if d.often(20) {
		n.Status.Allocatable[gpu] = resource.MustParse(pick(d, "1", "2"))
	}
	for i, size := range []int64{30 << 20, 400 << 20, 1200 << 20} {
		if d.often(30) {
			n.Status.Images = append(n.Status.Images, corev1.ContainerImage{Names: []string{fmt.Sprintf("example.org/image%d:1", i), fmt.Sprintf("example.org/image%d@sha256:%064d", i, i)}, SizeBytes: size})
		}
	}
	return n
}

// workload adds the pods of one controller.
func (d dice) workload(t testing.TB, w *world, i int) {
	t.Helper()
	namespace := pick(d, "home", "home", "media", "voice", "nowhere")
	name := fmt.Sprintf("w%d", i)
	labels := map[string]string{"app": pick(d, name, name, "shared"), "pod-template-hash": name + "h"}
	if d.often(30) {
		labels["tier"] = pick(d, "front", "back")
	}
	spec := d.spec(w, namespace, labels)
	kind := pick(d, "ReplicaSet", "ReplicaSet", "ReplicaSet", "ReplicaSet", "StatefulSet", "StatefulSet", "DaemonSet", "Job")
	replicas := 1 + d.IntN(d.style.replicas)
	selector := &metav1.LabelSelector{MatchLabels: map[string]string{"app": labels["app"], "pod-template-hash": labels["pod-template-hash"]}}
	meta := metav1.ObjectMeta{Namespace: namespace, Name: name}
	switch kind {
	case "ReplicaSet":
		w.replicaSets = append(w.replicaSets, &appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Selector: selector}})
	case "StatefulSet":
		w.statefulSets = append(w.statefulSets, &appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Selector: selector}})
	case "DaemonSet":
		replicas = len(w.Nodes)
		spec.TopologySpreadConstraints = nil
	}
	if d.often(40) {
		w.Services = append(w.Services, &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{Selector: map[string]string{"app": labels["app"]}}})
	}
	if d.often(20) {
		w.Budgets = append(w.Budgets, &policyv1.PodDisruptionBudget{ObjectMeta: meta, Spec: policyv1.PodDisruptionBudgetSpec{Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": labels["app"]}}},
			Status: policyv1.PodDisruptionBudgetStatus{ExpectedPods: 3, DisruptionsAllowed: int32(d.IntN(3))}})
	}
	for j := range replicas {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: fmt.Sprintf("%s-%d", name, j), Labels: map[string]string{}}, Spec: *spec.DeepCopy()}
		for k, v := range labels {
			pod.Labels[k] = v
		}
		if kind == "StatefulSet" {
			pod.Labels["apps.kubernetes.io/pod-index"] = fmt.Sprint(j)
			if d.often(50) {
				d.ownClaim(w, pod, "data")
			}
		}
		if kind == "DaemonSet" {
			onNode(pod, w.Nodes[j].Name)
		}
		var owner *metav1.LabelSelector
		if kind == "ReplicaSet" || kind == "StatefulSet" {
			owner = selector
		}
		w.written = append(w.written, pod)
		w.owners = append(w.owners, owner)
		w.pods = append(w.pods, admitted(t, pod, kind, name))
	}
}

// onNode is how the DaemonSet controller asks for a node.
func onNode(pod *corev1.Pod, node string) {
	if pod.Spec.Affinity == nil {
		pod.Spec.Affinity = &corev1.Affinity{}
	}
	if pod.Spec.Affinity.NodeAffinity == nil {
		pod.Spec.Affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{
		MatchFields: []corev1.NodeSelectorRequirement{{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node}}},
	}}}
	pod.Spec.Tolerations = append(pod.Spec.Tolerations, corev1.Toleration{Key: corev1.TaintNodeUnschedulable, Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule})
}

// admitted is a pod as the API server keeps it: with defaults, and label keys written
// into selectors.
func admitted(t testing.TB, written *corev1.Pod, kind, owner string) *corev1.Pod {
	t.Helper()
	pod := written.DeepCopy()
	pod.UID = types.UID(pod.Namespace + "/" + pod.Name)
	yes := true
	version := "apps/v1"
	if kind == "Job" {
		version = "batch/v1"
	}
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: version, Kind: kind, Name: owner, Controller: &yes}}
	legacyscheme.Scheme.Default(pod)
	internal := &core.Pod{}
	require.NoError(t, legacyscheme.Scheme.Convert(pod, internal, nil))
	registry.Strategy.PrepareForCreate(genericrequest.NewDefaultContext(), internal)
	out := &corev1.Pod{}
	require.NoError(t, legacyscheme.Scheme.Convert(internal, out, nil))
	return out
}
