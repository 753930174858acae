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
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// large is a cluster of nodes of two architectures and of pods in Deployments of
// four, which ask for two thirds of its memory.
func large(nodes, pods int) *inventory.Subject {
	s := &inventory.Subject{Name: "large", Nodes: map[string]*inventory.Node{}, Places: nowhere{}}
	for i := range nodes {
		arch := []string{"arm64", "amd64"}[i%2]
		name := fmt.Sprintf("node%02d", i)
		s.Nodes[name] = inventory.FromModel(name, &model.Node{
			Arch: arch, CPU: resource.MustParse("64"), Memory: resource.MustParse("64Gi"), Board: fmt.Sprintf("board%d", i/4),
		}, model.Kubernetes{Distribution: "k3s"})
	}
	memory := resource.NewQuantity(int64(nodes)<<36/int64(pods)*2/3, resource.BinarySI)
	for i := range pods / 4 {
		name := fmt.Sprintf("app%04d", i)
		labels, four := map[string]string{"app": name}, int32(4)
		amounts := corev1.ResourceList{corev1.ResourceMemory: *memory, corev1.ResourceCPU: resource.MustParse("100m")}
		d := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
		d.Spec = appsv1.DeploymentSpec{Replicas: &four, Selector: &metav1.LabelSelector{MatchLabels: labels}}
		d.Spec.Template.Labels = labels
		d.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: amounts, Limits: amounts}}}
		switch i % 3 {
		case 1:
			d.Spec.Template.Spec.NodeSelector = map[string]string{corev1.LabelArchStable: "amd64"}
		case 2:
			d.Spec.Template.Spec.TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{
				MaxSkew: 1, TopologyKey: corev1.LabelHostname, WhenUnsatisfiable: corev1.ScheduleAnyway, LabelSelector: d.Spec.Selector,
			}}
		}
		s.Objects = append(s.Objects, &manifest.Object{ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "default", Name: name}, APIVersion: "apps/v1", Value: d})
	}
	return s
}

// BenchmarkFit checks clusters of several sizes in 1 000 random orders, with the loss
// of each node.
func BenchmarkFit(b *testing.B) {
	for _, size := range [][2]int{{5, 60}, {50, 500}, {50, 1000}, {50, 2000}} {
		subject := large(size[0], size[1])
		b.Run(fmt.Sprintf("nodes=%d/pods=%d", size[0], size[1]), func(b *testing.B) {
			for b.Loop() {
				_, err := checks.Run(subject, []*checks.Checker{fit.Checker(&fit.Options{Orders: 1000})}, nil)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000/float64(size[1]), "µs/placement")
		})
	}
}
