// Package object makes a typed Kubernetes object part of a unit, with its origin.
package object

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// Made is an object, and the unit that it belongs to.
type Made struct {
	Unit scope.Unit
	*manifest.Object
}

// object is what the types of Kubernetes' own kinds have in common.
type object interface {
	metav1.Object
	runtime.Object
}

// Of is a typed object that belongs to a unit, made from what stands at a path.
func Of(u scope.Unit, gvk schema.GroupVersionKind, o object, origin model.Path) Made {
	o.GetObjectKind().SetGroupVersionKind(gvk)
	return Made{u, &manifest.Object{
		ID:         manifest.ID{Group: gvk.Group, Kind: gvk.Kind, Namespace: o.GetNamespace(), Name: o.GetName()},
		APIVersion: gvk.GroupVersion().String(), Value: o, Origin: origin,
	}}
}

// OfCustom is an object of a kind that a chart brings.
func OfCustom[Spec any](u scope.Unit, gvk schema.GroupVersionKind, m metav1.ObjectMeta, spec Spec, origin model.Path) Made {
	return Of(u, gvk, &Custom[Spec]{ObjectMeta: m, Spec: spec}, origin)
}
