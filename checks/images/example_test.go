package images_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// place finds the lines of a tree; here all of it stands on one.
type place struct{}

func (place) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "web.yaml", Line: 1}, ""
}

// An image that one of the nodes cannot run.
func Example() {
	pod := &manifest.Object{
		ID: manifest.ID{Kind: "Pod", Namespace: "home", Name: "web"}, APIVersion: "v1",
		Value: &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "example.com/web:1.2.0"}}}},
	}
	subject := &inventory.Subject{
		Objects: []*manifest.Object{pod}, Places: place{},
		Nodes: map[string]*inventory.Node{"pi": inventory.FromModel("pi", &model.Node{Arch: "arm64"}, model.Kubernetes{})},
		Lock:  &lock.Lock{Images: map[string]lock.Image{"example.com/web:1.2.0": {Platforms: []string{"linux/amd64"}, Provenance: lock.Registry}}},
	}
	findings, err := checks.Run(subject, []*checks.Checker{images.Checker()}, &checks.Options{Only: []finding.Code{"images/no-platform"}})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	// Output: web.yaml:1 error images/no-platform
}
