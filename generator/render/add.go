package render

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"stillsuit.dev/generator/model"
)

// add puts a typed object into a unit.
func (r *renderer) add(u unit, gvk schema.GroupVersionKind, o object, origin model.Path) {
	r.put(of(u, gvk, o, origin))
}

// addCustom puts an object of a kind that a chart brings into a unit.
func addCustom[Spec any](r *renderer, u unit, gvk schema.GroupVersionKind, m metav1.ObjectMeta, spec Spec, origin model.Path) {
	r.put(ofCustom(u, gvk, m, spec, origin))
}

// put notes objects, for those that look at what is made before the units are assembled.
func (r *renderer) put(all ...made) {
	for _, m := range all {
		r.made = append(r.made, m)
		if r.byID[m.ID] == nil {
			r.byID[m.ID] = m.Object
		}
	}
}
