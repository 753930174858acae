package checks_test

import (
	"fmt"
	"log"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// latest is a check that wants no image by the tag latest.
var latest = &checks.Checker{
	Name: "latest", Doc: "No image is taken by a tag that moves.",
	Codes: []finding.CodeDoc{{Code: "latest/tag", Title: "an image by the tag latest", Text: "Such a tag names another image tomorrow."}},
	Run: func(pass *checks.Pass) error {
		pods, err := pass.PodTemplates()
		if err != nil {
			return err
		}
		for _, p := range pods {
			for _, c := range p.Containers() {
				if strings.HasSuffix(c.Image, ":latest") {
					pass.Error(c.Spot.Join("image"), "latest/tag", c.Image+" is a tag that moves", "", "write a version")
				}
			}
		}
		return nil
	},
}

// place finds the lines of a tree; here all of it stands on one.
type place struct{}

func (place) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "web.yaml", Line: 1}, ""
}

// A check of one's own, run over one object.
func Example() {
	pod := &manifest.Object{
		ID: manifest.ID{Kind: "Pod", Namespace: "home", Name: "web"}, APIVersion: "v1",
		Value: &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "redis:latest"}}}},
	}
	findings, err := checks.Run(&inventory.Subject{Objects: []*manifest.Object{pod}, Places: place{}}, []*checks.Checker{latest}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	// Output: web.yaml:1 error latest/tag
}
