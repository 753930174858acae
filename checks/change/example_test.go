package change_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/checks/change"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// place finds the lines of a tree; here all of it stands on one.
type place struct{}

func (place) Locate(inventory.Spot) (finding.Place, string) {
	return finding.Place{File: "key.yaml", Line: 1}, ""
}

// secret is a cluster with one Secret, of a type.
func secret(of corev1.SecretType) *inventory.Subject {
	return &inventory.Subject{Places: place{}, Objects: []*manifest.Object{{
		ID: manifest.ID{Kind: "Secret", Namespace: "home", Name: "key"}, APIVersion: "v1", Value: &corev1.Secret{Type: of},
	}}}
}

// A change that the API server refuses once the object is there.
func Example() {
	findings, err := change.Compare(secret("Opaque"), secret("kubernetes.io/tls"))
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range findings {
		fmt.Println(f.Place, f.Severity, f.Code)
	}
	// Output: key.yaml:1 error change/refused
}
