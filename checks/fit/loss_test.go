package fit_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// nowhere finds no lines.
type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) { return finding.Place{}, "" }

// When one of two pods finds room, a loss says that either may be the one.
func TestEitherMayWait(t *testing.T) {
	s := &inventory.Subject{Name: "demo", Nodes: map[string]*inventory.Node{}, Places: nowhere{}}
	for name, memory := range map[string]string{"large": "4Gi", "small": "2Gi"} {
		k := &corev1.Node{}
		k.Name = name
		k.Status.Capacity = corev1.ResourceList{"cpu": resource.MustParse("4"), "memory": resource.MustParse(memory), "pods": resource.MustParse("110")}
		k.Status.Allocatable = k.Status.Capacity
		s.Nodes[name] = inventory.FromKubernetes(k)
	}
	for _, name := range []string{"one", "other"} {
		d := &appsv1.Deployment{}
		d.Name, d.Namespace = name, "default"
		d.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{"memory": resource.MustParse("1500Mi")}}}}
		s.Objects = append(s.Objects, &manifest.Object{ID: manifest.ID{Kind: "Deployment", Namespace: "default", Name: name}, Value: d})
	}
	placed := map[string]string{"Deployment one": "large", "Deployment other": "large"}
	var report *fit.Report
	_, err := checks.Run(s, []*checks.Checker{fit.Checker(&fit.Options{Placed: placed, Report: func(r *fit.Report) { report = r }})}, nil)
	require.NoError(t, err)
	loss := report.Losses[0]
	require.Equal(t, []string{"large"}, loss.Nodes)
	assert.Len(t, loss.Pending, 1)
	assert.Zero(t, loss.Unlucky, "one waits in every order")
	assert.Equal(t, []string{"Deployment one", "Deployment other"}, slices.Sorted(maps.Keys(loss.Pods)))
	assert.Equal(t, loss.Orders, loss.Pods["Deployment one"]+loss.Pods["Deployment other"])
	assert.Empty(t, report.Losses[1].Pods, "nothing ran on the other")
}
