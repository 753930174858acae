package rig

import (
	"errors"
	"fmt"
	"io"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	sigsyaml "sigs.k8s.io/yaml"
)

// Parse reads the objects of a YAML stream.
func Parse(text string) ([]*unstructured.Unstructured, error) {
	var out []*unstructured.Unstructured
	d := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		u := &unstructured.Unstructured{}
		if err := d.Decode(&u.Object); errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return nil, err
		}
		if len(u.Object) > 0 {
			out = append(out, u)
		}
	}
}

// resource is where the API server keeps objects of u's kind.
func (r *Rig) resource(d dynamic.Interface, u *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	gvk := u.GroupVersionKind()
	mapping, err := r.Mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, err
	}
	if mapping.Scope.Name() == "namespace" {
		return d.Resource(mapping.Resource).Namespace(u.GetNamespace()), nil
	}
	return d.Resource(mapping.Resource), nil
}

// Apply applies an object on the server's side, strictly: a field that the
// server does not know is an error. A dry run changes nothing.
func (r *Rig) Apply(u *unstructured.Unstructured, dry bool) error {
	resource, err := r.resource(r.Dynamic, u)
	if err != nil {
		return err
	}
	body, err := sigsyaml.Marshal(u.Object)
	if err != nil {
		return err
	}
	force := true
	options := metav1.PatchOptions{FieldManager: "stillsuit-e2e", FieldValidation: metav1.FieldValidationStrict, Force: &force}
	if dry {
		options.DryRun = []string{metav1.DryRunAll}
	}
	_, err = resource.Patch(r.Context, u.GetName(), types.ApplyPatchType, body, options)
	return r.explain(err)
}

// Remove deletes an object.
func (r *Rig) Remove(u *unstructured.Unstructured) error {
	resource, err := r.resource(r.Dynamic, u)
	if err != nil {
		return err
	}
	return r.explain(resource.Delete(r.Context, u.GetName(), metav1.DeleteOptions{}))
}

// Get returns the object as the API server has it.
func (r *Rig) Get(u *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	resource, err := r.resource(r.Dynamic, u)
	if err != nil {
		return nil, err
	}
	return resource.Get(r.Context, u.GetName(), metav1.GetOptions{})
}

// Condition returns the status of an object's condition, or "".
func Condition(u *unstructured.Unstructured, kind string) string {
	status, _ := ConditionOf(u, kind)
	return status
}

// ConditionOf returns the status of an object's condition, and why.
func ConditionOf(u *unstructured.Unstructured, kind string) (status, why string) {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		if c, ok := c.(map[string]any); ok && c["type"] == kind {
			return fmt.Sprint(c["status"]), fmt.Sprintf("%v: %v", c["reason"], c["message"])
		}
	}
	return "", ""
}
