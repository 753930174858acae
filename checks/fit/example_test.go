package fit_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/fit"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// here finds the lines of a tree; all of it stands on one.
type here struct{}

func (here) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "web.yaml", Line: 1}, ""
}

// A pod that requests more memory than the only node has.
func Example() {
	web := &manifest.Object{
		ID: manifest.ID{Kind: "Pod", Namespace: "home", Name: "web"}, APIVersion: "v1",
		Value: &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("9Gi")},
		}}}}},
	}
	subject := &inventory.Subject{
		Objects: []*manifest.Object{web}, Places: here{},
		Nodes: map[string]*inventory.Node{"pi": inventory.FromModel("pi", &model.Node{Arch: "arm64", CPU: resource.MustParse("4"), Memory: resource.MustParse("8Gi")}, model.Kubernetes{})},
	}
	var report *fit.Report
	checker := fit.Checker(&fit.Options{Report: func(r *fit.Report) { report = r }})
	findings, err := checks.Run(subject, []*checks.Checker{checker}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	fmt.Println("pods without a node:", len(report.Pending))
	// Output:
	// web.yaml:1 note fit/no-limit
	// web.yaml:1 error fit/no-node
	// pods without a node: 1
}
