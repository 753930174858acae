package eligible_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/placement/eligible"
)

// Where the pods of a Deployment may run, and why not elsewhere.
func Example() {
	web := &manifest.Object{
		ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "home", Name: "web"}, APIVersion: "apps/v1",
		Value: &appsv1.Deployment{Spec: appsv1.DeploymentSpec{Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
			NodeSelector: map[string]string{"kubernetes.io/arch": "arm64"},
			Containers:   []corev1.Container{{Name: "main", Image: "docker.io/library/redis:8"}},
		}}}},
	}
	subject := &inventory.Subject{Objects: []*manifest.Object{web}, Nodes: map[string]*inventory.Node{
		"pi":  inventory.FromModel("pi", &model.Node{Arch: "arm64"}, model.Kubernetes{}),
		"box": inventory.FromModel("box", &model.Node{Arch: "amd64"}, model.Kubernetes{}),
	}}
	pods, err := subject.PodTemplates()
	if err != nil {
		log.Fatal(err)
	}
	where, err := eligible.New(subject, pods).Of(pods[0])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(where.Names, where.Refused["box"])
	// Output: [pi] node selector or affinity
}
