package demand_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/demand"
)

// How many pods objects make, and when they run.
func Example() {
	web := &manifest.Object{
		ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "home", Name: "web"}, APIVersion: "apps/v1",
		Value: &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			NodeSelector: map[string]string{"kubernetes.io/arch": "arm64"},
			Containers:   []corev1.Container{{Name: "main", Image: "docker.io/library/redis:8"}},
		}}}},
	}
	all, err := demand.Of(&inventory.Subject{Objects: []*manifest.Object{web}})
	if err != nil {
		log.Fatal(err)
	}
	for _, workload := range all.Workloads {
		fmt.Println(workload.Name, workload.Pods, workload.Runs == demand.Always)
	}
	// Output: Deployment web 1 true
}
