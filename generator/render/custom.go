package render

import (
	"encoding/json"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"stillsuit.dev/generator/model"
)

// custom is an object of a kind that a chart brings. Spec has the fields that are
// used, named as its authors do.
type custom[Spec any] struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              Spec `json:"spec"`
}

// DeepCopyObject makes it a runtime.Object.
func (o *custom[Spec]) DeepCopyObject() runtime.Object {
	out := &custom[Spec]{TypeMeta: o.TypeMeta}
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

// factMeta is the metadata of an object that a fact of the cluster becomes; the
// namespace is "" for kinds that have none.
func factMeta(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: namespace, Labels: map[string]string{labelManagedBy: managedBy}}
}

// facts renders what the cluster offers to its apps: each into the unit of what
// the chart is told that makes it true.
func (r *renderer) facts() {
	r.pools()
	r.authorities()
	r.storageClasses()
	r.middlewares()
	r.backups()
	r.targets()
	r.notifications()
}

// providerOf is the chart that makes a fact true: that which provides an API group
// or a storage provisioner. It returns nil when the chart is installed outside,
// where whoever does it tells it the fact; and when there is none, which it has
// then reported. what is the fact in a sentence: "pools are declared".
func (r *scope) providerOf(group string, at model.Path, what string) *chart {
	if c := r.providers[group]; c != nil {
		if c.Outside != "" || c.Namespace == "" {
			return nil
		}
		return c
	}
	var known []string
	for _, c := range r.charts {
		known = append(known, c.Provides...)
	}
	contrast, mend := "no chart here provides "+group, didYouMean(group, known, fmt.Sprintf("add the chart that does, with provides: [%q]", group))
	for _, name := range sorted(r.d.Charts) {
		if c := r.d.Charts[name]; slices.Contains(c.Provides, group) {
			contrast, mend = fmt.Sprintf("chart %s, which provides %s, is off: %s", name, group, c.Off), "switch it on, or remove this"
		}
	}
	r.Error(at, "cluster/no-chart", what, contrast, mend)
	return nil
}
