package apiserver_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// line finds the lines of a tree; all of it stands on one.
type line struct{}

func (line) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "web.yaml", Line: 1}, ""
}

// A Deployment whose selector does not find its own pods.
func Example() {
	web := &appsv1.Deployment{Spec: appsv1.DeploymentSpec{
		Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"}},
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "site"}},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "nginx:1.27"}}},
		},
	}}
	web.Name, web.Namespace = "web", "home"
	subject := &inventory.Subject{Places: line{}, Objects: []*manifest.Object{{
		ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "home", Name: "web"}, APIVersion: "apps/v1", Value: web,
	}}}
	findings, err := checks.Run(subject, []*checks.Checker{apiserver.Checker(nil)}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Problem)
	}
	// Output: Deployment home/web selects pods with the label app: web, and its pod template has app: site
}
