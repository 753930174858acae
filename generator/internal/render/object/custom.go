package object

import (
	"encoding/json"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"stillsuit.dev/generator/internal/labels"
)

// Custom is an object of a kind that a chart brings. Spec has the fields that are
// used, named as its authors do.
type Custom[Spec any] struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              Spec `json:"spec"`
}

// DeepCopyObject makes it a runtime.Object.
func (o *Custom[Spec]) DeepCopyObject() runtime.Object {
	out := &Custom[Spec]{TypeMeta: o.TypeMeta}
	o.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	b, err := json.Marshal(o.Spec)
	if err == nil {
		err = json.Unmarshal(b, &out.Spec)
	}
	if err != nil {
		panic(err) // it is made of what JSON has
	}
	return out
}

// FactMeta is the metadata of an object that a fact of the cluster becomes; the
// namespace is "" for kinds that have none.
func FactMeta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}}
}
