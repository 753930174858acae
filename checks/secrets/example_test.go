package secrets_test

import (
	"fmt"
	"log"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/secrets"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// nowhere finds no line.
type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) { return finding.Place{}, "" }

// A Deployment reads a Secret that nothing in its tree makes.
func Example() {
	d := &appsv1.Deployment{}
	d.Namespace, d.Name = "office", "vikunja"
	d.Spec.Template.Spec.Containers = []corev1.Container{{Name: "main", EnvFrom: []corev1.EnvFromSource{
		{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "keys"}}},
	}}}
	subject := &inventory.Subject{Name: "tree", Places: nowhere{}, Objects: []*manifest.Object{{
		ID: manifest.ID{Group: "apps", Kind: "Deployment", Namespace: "office", Name: "vikunja"}, Value: d,
	}}}
	found, err := checks.Run(subject, []*checks.Checker{secrets.Checker()}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range found {
		fmt.Println(f.Code, f.Problem)
	}
	// Output: secret/outside nothing in this tree makes the Secret office/keys, which Deployment vikunja reads
}
