package main

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"
	"stillsuit.dev/generator/model"
)

func TestMemoryOfAPod(t *testing.T) {
	container := func(requests, limits string) corev1.Container {
		c := corev1.Container{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(requests)}}}
		if limits != "" {
			c.Resources.Limits = corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(limits)}
		}
		return c
	}
	always := corev1.ContainerRestartPolicyAlways
	sidecar := container("8Mi", "16Mi")
	sidecar.RestartPolicy = &always
	spec := &corev1.PodSpec{
		InitContainers: []corev1.Container{container("99Mi", "99Mi"), sidecar, container("100Mi", "100Mi")},
		Containers:     []corev1.Container{container("64Mi", "128Mi")},
	}
	require.Equal(t, "108Mi, limit 144Mi", ofPod(spec).words(), "an init container asks for the most, the others are limited the highest")
	spec.InitContainers = []corev1.Container{sidecar}
	spec.Containers = append(spec.Containers, container("1Mi", ""))
	require.Equal(t, "73Mi, no limit", ofPod(spec).words())

	two := int32(2)
	mi := resource.MustParse("1Mi")
	require.Equal(t, "2Mi, no limit; 1Mi, limit 1Mi on each node", ofChart(model.Footprints{
		"a": {Replicas: &two, Requests: &model.Resources{Memory: &mi}},
		"b": {PerNode: true, Requests: &model.Resources{Memory: &mi}, Limits: &model.Resources{Memory: &mi}},
	}).words())
	require.Equal(t, "none: it runs no pods", ofChart(model.Footprints{}).words())
}
