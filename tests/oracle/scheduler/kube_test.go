package scheduler

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
	internalcache "k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/defaultpreemption"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/feature"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/names"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodevolumelimits"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/volumebinding"
	frameworkruntime "k8s.io/kubernetes/pkg/scheduler/framework/runtime"
	"k8s.io/kubernetes/pkg/scheduler/metrics"
)

// kube is kube-scheduler's framework over a cache that the test fills, with informers
// whose stores it fills too: nothing listens and nothing is started.
type kube struct {
	world     *world
	informers informers.SharedInformerFactory
	cache     internalcache.Cache
	snapshot  *internalcache.Snapshot
	framework framework.Framework
	preempt   *defaultpreemption.DefaultPreemption
	binder    volumebinding.SchedulerVolumeBinder
	budgets   []*policyv1.PodDisruptionBudget
	running   map[string]*corev1.Pod
	turn      int
}

// alone is a nominator that knows of no other pod: here one is placed at a time.
type alone struct{}

func (alone) AddNominatedPod(klog.Logger, fwk.PodInfo, *fwk.NominatingInfo) {}
func (alone) DeleteNominatedPodIfExists(*corev1.Pod)                        {}
func (alone) UpdateNominatedPod(klog.Logger, *corev1.Pod, fwk.PodInfo)      {}
func (alone) NominatedPodsForNode(string) []fwk.PodInfo                     { return nil }

// profile is the default one without claims on devices, of which the pods have none.
func profile(t testing.TB) *config.KubeSchedulerProfile {
	t.Helper()
	cfg, err := latest.Default()
	require.NoError(t, err)
	p := &cfg.Profiles[0]
	p.Plugins.MultiPoint.Enabled = slices.DeleteFunc(p.Plugins.MultiPoint.Enabled, func(p config.Plugin) bool { return p.Name == names.DynamicResources })
	return p
}

// newKube starts from a world in which nothing runs.
func newKube(ctx context.Context, t testing.TB, w *world) *kube {
	t.Helper()
	metrics.Register()
	client := fake.NewClientset()
	k := &kube{
		world: w, informers: informers.NewSharedInformerFactory(client, 0), cache: internalcache.New(ctx, nil, false),
		snapshot: internalcache.NewEmptySnapshot(), running: map[string]*corev1.Pod{}, budgets: w.Budgets,
	}
	core, storage := k.informers.Core().V1(), k.informers.Storage().V1()
	for _, n := range w.Nodes {
		k.cache.AddNode(klog.Background(), n.DeepCopy())
		k.add(t, core.Nodes().Informer(), n)
	}
	for name, labels := range w.Namespaces {
		k.add(t, core.Namespaces().Informer(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}})
	}
	for _, s := range w.Services {
		k.add(t, core.Services().Informer(), s)
	}
	for _, b := range w.Budgets {
		k.add(t, k.informers.Policy().V1().PodDisruptionBudgets().Informer(), b)
	}
	for _, o := range w.replicaSets {
		k.add(t, k.informers.Apps().V1().ReplicaSets().Informer(), o)
	}
	for _, o := range w.statefulSets {
		k.add(t, k.informers.Apps().V1().StatefulSets().Informer(), o)
	}
	for _, c := range w.Classes {
		k.add(t, storage.StorageClasses().Informer(), c)
	}
	for _, v := range w.Volumes {
		v = v.DeepCopy()
		v.Status.Phase = corev1.VolumeAvailable
		k.add(t, core.PersistentVolumes().Informer(), v)
	}
	for _, c := range w.Claims {
		k.addClaim(t, c.DeepCopy())
	}
	var err error
	k.framework, err = frameworkruntime.NewFramework(ctx, plugins.NewInTreeRegistry(), profile(t),
		frameworkruntime.WithClientSet(client), frameworkruntime.WithInformerFactory(k.informers), frameworkruntime.WithSnapshotSharedLister(k.snapshot),
		frameworkruntime.WithPodNominator(alone{}), frameworkruntime.WithParallelism(1),
		frameworkruntime.WithSharedCSIManager(nodevolumelimits.NewCSIManager(storage.CSINodes().Lister())))
	require.NoError(t, err)
	features := feature.NewSchedulerFeaturesFromGates(utilfeature.DefaultFeatureGate)
	k.preempt, err = defaultpreemption.New(ctx, &config.DefaultPreemptionArgs{MinCandidateNodesPercentage: 10, MinCandidateNodesAbsolute: 100}, k.framework, features)
	require.NoError(t, err)
	k.binder, err = volumebinding.NewVolumeBinder(klog.Background(), client, features, core.Pods(), core.Nodes(), storage.CSINodes(),
		core.PersistentVolumeClaims(), core.PersistentVolumes(), storage.StorageClasses(),
		volumebinding.CapacityCheck{CSIDriverInformer: storage.CSIDrivers(), CSIStorageCapacityInformer: storage.CSIStorageCapacities()}, time.Second)
	require.NoError(t, err)
	return k
}

func (k *kube) add(t testing.TB, informer cache.SharedIndexInformer, o any) {
	t.Helper()
	require.NoError(t, informer.GetIndexer().Add(o))
}

// answer is what kube-scheduler says of a pod.
type answer struct {
	node    string
	best    []string
	refused map[string]*fwk.Status
	victims []string
	// inVain says that pods were evicted and the node is still closed. It happens when a
	// victim of another namespace has a claim of the same name as the pod's, which only
	// one pod may use: VolumeRestrictions takes that claim for the pod's own.
	inVain bool
}

// place has a pod scheduled, and lets it run where it should. choose picks among nodes
// of the same highest score.
func (k *kube) place(ctx context.Context, t testing.TB, pod *corev1.Pod, choose func(n int) int) answer {
	t.Helper()
	k.bringClaims(t, pod)
	k.add(t, k.informers.Core().V1().Pods().Informer(), pod)
	require.NoError(t, k.cache.UpdateSnapshot(klog.Background(), k.snapshot))
	state := framework.NewCycleState()
	open, a := k.filter(ctx, t, state, pod)
	switch len(open) {
	case 0:
		if !k.evict(ctx, t, state, pod, &a) {
			return a
		}
	case 1:
		a.best = []string{open[0].Node().Name}
		a.node = a.best[0]
	default:
		a.best = k.score(ctx, t, state, pod, open)
		a.node = a.best[choose(len(a.best))]
	}
	k.bind(t, pod, a.node)
	k.run(t, pod, a.node)
	return a
}

// filter finds the nodes that take a pod, as findNodesThatFitPod does.
func (k *kube) filter(ctx context.Context, t testing.TB, state fwk.CycleState, pod *corev1.Pod) ([]fwk.NodeInfo, answer) {
	t.Helper()
	a := answer{refused: map[string]*fwk.Status{}}
	all, err := k.snapshot.NodeInfos().List()
	require.NoError(t, err)
	only, status, by := k.framework.RunPreFilterPlugins(ctx, state, pod)
	var open []fwk.NodeInfo
	for _, n := range all {
		name := n.Node().Name
		switch {
		case !status.IsSuccess():
			a.refused[name] = status
		case !only.AllNodes() && !only.NodeNames.Has(name):
			s := fwk.NewStatus(fwk.UnschedulableAndUnresolvable, fmt.Sprintf("node(s) didn't satisfy plugin(s) %v", by.UnsortedList()))
			s.SetPlugin(by.UnsortedList()[0])
			a.refused[name] = s
		default:
			if s := k.framework.RunFilterPlugins(ctx, state, pod, n); !s.IsSuccess() {
				a.refused[name] = s
			} else {
				open = append(open, n)
			}
		}
	}
	return open, a
}

// score returns the nodes with the highest score, by name.
func (k *kube) score(ctx context.Context, t testing.TB, state fwk.CycleState, pod *corev1.Pod, open []fwk.NodeInfo) []string {
	t.Helper()
	require.True(t, k.framework.RunPreScorePlugins(ctx, state, pod, open).IsSuccess())
	scores, status := k.framework.RunScorePlugins(ctx, state, pod, open)
	require.True(t, status.IsSuccess(), status.Message())
	var best []string
	var high int64 = -1
	for _, s := range scores {
		if s.TotalScore > high {
			high, best = s.TotalScore, nil
		}
		if s.TotalScore == high {
			best = append(best, s.Name)
		}
	}
	slices.Sort(best)
	return best
}

// evict asks DefaultPreemption, and does what it says: the victims go, and the pod
// comes to the node that was nominated for it.
func (k *kube) evict(ctx context.Context, t testing.TB, state fwk.CycleState, pod *corev1.Pod, a *answer) bool {
	t.Helper()
	if may, _ := k.preempt.PodEligibleToPreemptOthers(ctx, pod, nil); !may {
		return false
	}
	all, err := k.snapshot.NodeInfos().List()
	require.NoError(t, err)
	var nodes []fwk.NodeInfo
	for _, n := range all {
		if a.refused[n.Node().Name].Code() == fwk.Unschedulable {
			nodes = append(nodes, n)
		}
	}
	if len(nodes) == 0 {
		return false
	}
	candidates, _, err := k.preempt.Evaluator.DryRunPreemption(ctx, state, pod, nodes, k.budgets, 0, int32(len(nodes)))
	require.NoError(t, err)
	if len(candidates) == 0 {
		return false
	}
	chosen := k.preempt.Evaluator.SelectCandidate(ctx, candidates)
	a.node = chosen.Name()
	for _, v := range chosen.Victims().Pods {
		a.victims = append(a.victims, v.Namespace+"/"+v.Name)
		k.remove(t, v.Namespace+"/"+v.Name)
	}
	slices.Sort(a.victims)
	// The next try must find the node open, or the nomination was worth nothing.
	require.NoError(t, k.cache.UpdateSnapshot(klog.Background(), k.snapshot))
	open, again := k.filter(ctx, t, framework.NewCycleState(), pod)
	a.inVain = !slices.ContainsFunc(open, func(n fwk.NodeInfo) bool { return n.Node().Name == a.node })
	if a.inVain {
		require.Equal(t, names.VolumeRestrictions, again.refused[a.node].Plugin(), "%s is not open after the eviction: %s", a.node, again.refused[a.node].Message())
	}
	return !a.inVain
}

func (k *kube) run(t testing.TB, pod *corev1.Pod, node string) {
	t.Helper()
	k.turn++
	running := pod.DeepCopy()
	running.Spec.NodeName = node
	running.Status.Phase = corev1.PodRunning
	start := metav1.NewTime(time.Date(2026, 1, 1, 0, 0, k.turn, 0, time.UTC))
	running.Status.StartTime = &start
	k.running[pod.Namespace+"/"+pod.Name] = running
	require.NoError(t, k.cache.AddPod(klog.Background(), running))
}

func (k *kube) remove(t testing.TB, name string) {
	t.Helper()
	require.NoError(t, k.cache.RemovePod(klog.Background(), k.running[name]))
	delete(k.running, name)
}
