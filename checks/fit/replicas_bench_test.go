package fit_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// replicas is a cluster of five nodes, and one Deployment of many small pods beside
// one of a few important ones. The nodes hold the share of them that is given.
func replicas(pods, capacity int, change func(*appsv1.Deployment)) *inventory.Subject {
	s := &inventory.Subject{Name: "replicas", Nodes: map[string]*inventory.Node{}, Places: nowhere{}}
	const nodes = 5
	for i := range nodes {
		k := &corev1.Node{}
		k.Name = fmt.Sprintf("node%d", i)
		k.Labels = map[string]string{corev1.LabelTopologyZone: fmt.Sprintf("zone%d", i%3)}
		k.Status.Capacity = corev1.ResourceList{
			"cpu": resource.MustParse("64"), "memory": resource.MustParse("64Gi"), "pods": *resource.NewQuantity(int64(capacity/nodes), resource.DecimalSI),
		}
		k.Status.Allocatable = k.Status.Capacity
		s.Nodes[k.Name] = inventory.FromKubernetes(k)
	}
	add := func(name string, pods int, change func(*appsv1.Deployment)) {
		labels, n := map[string]string{"app": name}, int32(pods)
		amounts := corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Mi"), corev1.ResourceCPU: resource.MustParse("1m")}
		d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
		d.Spec = appsv1.DeploymentSpec{Replicas: &n, Selector: &metav1.LabelSelector{MatchLabels: labels}}
		d.Spec.Template.Labels = labels
		d.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: amounts, Limits: amounts}}}
		if change != nil {
			change(d)
		}
		s.Objects = append(s.Objects, &manifest.Object{ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "default", Name: name}, APIVersion: "apps/v1", Value: d})
	}
	add("many", pods*9/10, change)
	add("few", pods/10, func(d *appsv1.Deployment) { d.Spec.Template.Spec.PriorityClassName = "system-cluster-critical" })
	return s
}

func spreadEvenly(d *appsv1.Deployment) {
	d.Spec.Template.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{
		{MaxSkew: 1, TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.DoNotSchedule, LabelSelector: d.Spec.Selector},
		{MaxSkew: 1, TopologyKey: corev1.LabelTopologyZone, WhenUnsatisfiable: corev1.ScheduleAnyway, LabelSelector: d.Spec.Selector},
	}
}

func keptApart(d *appsv1.Deployment) {
	d.Spec.Template.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{{Weight: 100, PodAffinityTerm: corev1.PodAffinityTerm{TopologyKey: corev1.LabelHostname, LabelSelector: d.Spec.Selector}}},
	}}
}

// oneEach lets one pod run on each node, so that all others stay pending.
func oneEach(d *appsv1.Deployment) {
	d.Spec.Template.Spec.Affinity = &corev1.Affinity{PodAntiAffinity: &corev1.PodAntiAffinity{
		RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{TopologyKey: corev1.LabelHostname, LabelSelector: d.Spec.Selector}},
	}}
}

// BenchmarkReplicas checks many replicas in 1 000 random orders, with the loss of each
// node. Per placement, sizes must take the same.
func BenchmarkReplicas(b *testing.B) {
	for _, kind := range []struct {
		name   string
		room   float64 // for how many of the pods there is room
		change func(*appsv1.Deployment)
	}{
		{"alike", 2, nil}, {"spread", 2, spreadEvenly}, {"apart", 2, keptApart}, {"alone", 2, oneEach}, {"pending", 0.95, nil}, {"evicting", 0.95, nil},
	} {
		for _, pods := range []int{1000, 2000, 10000} {
			subject := replicas(pods, int(float64(pods)*kind.room), kind.change)
			if kind.name == "evicting" { // the important ones come last
				subject.Units = []inventory.Unit{{Name: "many", Objects: subject.Objects[:1]}, {Name: "few", After: []string{"many"}, Objects: subject.Objects[1:]}}
			}
			b.Run(fmt.Sprintf("%s/pods=%d", kind.name, pods), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, err := checks.Run(subject, []*checks.Checker{fit.Checker(&fit.Options{Orders: 1000})}, nil)
					require.NoError(b, err)
				}
				b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000/float64(pods), "µs/placement")
			})
		}
	}
}
