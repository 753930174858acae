package validity_test

import (
	"fmt"

	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/placement/validity"
)

// A budget that the API server refuses, and why.
func Example() {
	many := intstr.FromString("many")
	for _, p := range validity.Of(&manifest.Object{
		ID: manifest.ID{Group: "policy", Kind: "PodDisruptionBudget", Namespace: "home", Name: "web"}, APIVersion: "policy/v1",
		Value: &policyv1.PodDisruptionBudget{Spec: policyv1.PodDisruptionBudgetSpec{MaxUnavailable: &many}},
	}) {
		fmt.Println(p.Problem)
	}
	// Output: spec.maxUnavailable of PodDisruptionBudget home/web is "many"
}
