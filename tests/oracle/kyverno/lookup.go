package kyverno

import (
	"slices"

	"github.com/kyverno/kyverno/pkg/cel/libs"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// cluster answers lookups as an API server does: Kyverno's own fake ignores labels,
// knows no listing of all namespaces, and refuses kinds of which there is no object.
type cluster struct {
	*libs.FakeContextProvider
	objects []*unstructured.Unstructured
}

// ListResources lists the objects of a resource, of all namespaces if it names none. No
// API server has those of the whole cluster in a namespace.
func (c *cluster) ListResources(apiVersion, resource, namespace string, want map[string]string) (*unstructured.UnstructuredList, error) {
	if _, err := schema.ParseGroupVersion(apiVersion); err != nil {
		return nil, err
	}
	list := &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": apiVersion, "kind": "List"}}
	for _, o := range c.objects {
		if is(o, apiVersion, resource) && namespace != "" && slices.Contains(clusterKinds(), o.GetKind()) {
			return nil, apierrors.NewNotFound(schema.GroupResource{Resource: resource}, "")
		}
		if is(o, apiVersion, resource) && (namespace == "" || o.GetNamespace() == namespace) && labels.SelectorFromSet(want).Matches(labels.Set(o.GetLabels())) {
			list.Items = append(list.Items, *o.DeepCopy())
		}
	}
	return list, nil
}

// GetResource is one object, or an error that says that it is not there.
func (c *cluster) GetResource(apiVersion, resource, namespace, name string) (*unstructured.Unstructured, error) {
	if _, err := schema.ParseGroupVersion(apiVersion); err != nil {
		return nil, err
	}
	for _, o := range c.objects {
		if is(o, apiVersion, resource) && o.GetNamespace() == namespace && o.GetName() == name {
			return o.DeepCopy(), nil
		}
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: resource}, name)
}

// ToGVR is the resource of a kind.
func (c *cluster) ToGVR(apiVersion, kind string) (*schema.GroupVersionResource, error) {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return nil, err
	}
	plural, _ := meta.UnsafeGuessKindToResource(gv.WithKind(kind))
	return &plural, nil
}

// Clone is the same cluster: nothing in it changes.
func (c *cluster) Clone() libs.Context { return c }

func is(o *unstructured.Unstructured, apiVersion, resource string) bool {
	plural, _ := meta.UnsafeGuessKindToResource(o.GroupVersionKind())
	return o.GetAPIVersion() == apiVersion && plural.Resource == resource
}
