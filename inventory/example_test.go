package inventory_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"

	corev1 "k8s.io/api/core/v1"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// The pods that objects make, and where in the object each value stands.
func Example() {
	web := &manifest.Object{
		ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "home", Name: "web"}, APIVersion: "apps/v1",
		Value: &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			NodeSelector: map[string]string{"kubernetes.io/arch": "arm64"},
			Containers:   []corev1.Container{{Name: "main", Image: "docker.io/library/redis:8"}},
		}}}},
	}
	subject := &inventory.Subject{Objects: []*manifest.Object{web}}
	pods, err := subject.PodTemplates()
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range pods[0].Containers() {
		fmt.Println(pods[0].DisplayName(), c.Name, c.Image, c.Spot.Keys)
	}
	// Output: Deployment web main docker.io/library/redis:8 [spec template spec containers 0]
}
