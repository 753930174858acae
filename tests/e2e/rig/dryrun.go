package rig

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	sigsyaml "sigs.k8s.io/yaml"
)

// FluxManager is the field manager of kustomize-controller
// (github.com/fluxcd/kustomize-controller v1.9.5, main.go: controllerName).
const FluxManager = "kustomize-controller"

// DryRun applies an object as kustomize-controller does, as a dry run, and returns what
// the API server would store. validation is how the server takes unknown fields:
// metav1.FieldValidationStrict, or "" for what it does unless it is asked.
func (r *Rig) DryRun(u *unstructured.Unstructured, validation string) (*unstructured.Unstructured, error) {
	resource, err := r.resource(r.Dynamic, u)
	if err != nil {
		return nil, err
	}
	body, err := sigsyaml.Marshal(u.Object)
	if err != nil {
		return nil, err
	}
	force := true
	got, err := resource.Patch(r.Context, u.GetName(), types.ApplyPatchType, body, metav1.PatchOptions{
		FieldManager: FluxManager, FieldValidation: validation, Force: &force, DryRun: []string{metav1.DryRunAll},
	})
	return got, r.explain(err)
}
