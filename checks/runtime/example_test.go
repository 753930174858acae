package runtime_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/runtime"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// line finds the lines of a tree; all of it stands on one.
type line struct{}

func (line) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "video.yaml", Line: 1}, ""
}

// A container that cannot open the graphics card of its node.
func Example() {
	pod := &manifest.Object{
		ID: manifest.ID{Kind: "Pod", Namespace: "home", Name: "video"}, APIVersion: "v1",
		Value: &corev1.Pod{Spec: corev1.PodSpec{
			Containers: []corev1.Container{{Name: "main", VolumeMounts: []corev1.VolumeMount{{Name: "card", MountPath: "/dev/dri/renderD128"}}}},
			Volumes:    []corev1.Volume{{Name: "card", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/dev/dri/renderD128"}}}},
		}},
	}
	subject := &inventory.Subject{Objects: []*manifest.Object{pod}, Places: line{}}
	findings, err := checks.Run(subject, []*checks.Checker{runtime.Checker()}, &checks.Options{Only: []finding.Code{"runtime/device-closed"}})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	// Output: video.yaml:1 error runtime/device-closed
}
