package admission

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"stillsuit.dev/policies/admission/internal/refusal"
)

// ListResources answers resource.List: the objects of the tree of one resource, in a
// namespace or in all, with all of the labels. It converts no versions.
func (w *World) ListResources(apiVersion, resource, namespace string, with map[string]string) (*unstructured.UnstructuredList, error) {
	out := &unstructured.UnstructuredList{Object: map[string]any{"apiVersion": apiVersion, "kind": "List"}}
	selector := labels.SelectorFromSet(with)
	err := w.each(apiVersion, resource, namespace, func(o *object) {
		if selector.Matches(labels.Set(o.labels)) {
			out.Items = append(out.Items, unstructured.Unstructured{Object: w.shown(o)})
		}
	})
	return out, err
}

// GetResource answers resource.Get: null for what is not in the tree, or not in the
// namespace.
func (w *World) GetResource(apiVersion, resource, namespace, name string) (*unstructured.Unstructured, error) {
	var found *unstructured.Unstructured
	err := w.each(apiVersion, resource, namespace, func(o *object) {
		if o.name == name && (o.wide || namespace != "") {
			found = &unstructured.Unstructured{Object: w.shown(o)}
		}
	})
	if err == nil && found == nil {
		return nil, apierrors.NewNotFound(schema.GroupResource{Resource: resource}, name)
	}
	return found, err
}

// PostResource refuses: nothing here changes a cluster, or asks one.
func (w *World) PostResource(string, string, string, map[string]any) (*unstructured.Unstructured, error) {
	return nil, refusal.Err
}

// ToGVR answers resource.ToGVR.
func (w *World) ToGVR(apiVersion, kind string) (*schema.GroupVersionResource, error) {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return nil, err
	}
	out := gv.WithResource(w.kinds.of(gv.WithKind(kind).GroupKind(), false).plural)
	return &out, nil
}

// where is a resource, in a namespace or in all.
type where struct {
	resource  schema.GroupResource
	namespace string
}

// index finds the objects of a resource.
func (w *World) index() {
	w.by = map[where][]*object{}
	for _, o := range w.objects {
		r := o.resource.GroupResource()
		w.by[where{resource: r}] = append(w.by[where{resource: r}], o)
		if o.namespace != "" {
			w.by[where{r, o.namespace}] = append(w.by[where{r, o.namespace}], o)
		}
	}
}

// each calls the function for the objects of a resource in a namespace, or in all and of
// the whole cluster, in the order of the tree.
func (w *World) each(apiVersion, resource, namespace string, do func(*object)) error {
	gv, err := schema.ParseGroupVersion(apiVersion)
	if err != nil {
		return err
	}
	at := where{schema.GroupResource{Group: gv.Group, Resource: resource}, namespace}
	if all := w.by[where{resource: at.resource}]; len(all) > 0 && all[0].wide && namespace != "" {
		return apierrors.NewNotFound(at.resource, "") // no API server has it in a namespace
	}
	for _, o := range w.by[at] {
		if o.resource.Version != gv.Version {
			return fmt.Errorf("%s is %s in the tree, and only an API server gives it as %s", o.from.ID, o.from.APIVersion, apiVersion)
		}
		do(o)
	}
	return nil
}

// shown is an object as the API server would give it back: a Namespace with the label
// that each gets.
func (w *World) shown(o *object) map[string]any {
	if o.isNamespace() {
		return o.inNamespace.content
	}
	return o.content
}
