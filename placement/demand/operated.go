package demand

import (
	"fmt"
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// makesPods reports whether an operator makes pods of a custom resource: StatefulSets of
// prometheus-operator (its Documentation/getting-started/design.md, instance-based
// resources), and of CloudNativePG the instances of a Cluster and the Deployment of a Pooler
// (its documentation, architecture and connection_pooling).
func makesPods(o *manifest.Object) bool {
	switch o.Group + "/" + o.Kind {
	case "monitoring.coreos.com/Prometheus", "monitoring.coreos.com/PrometheusAgent", "monitoring.coreos.com/Alertmanager", "monitoring.coreos.com/ThanosRuler",
		"postgresql.cnpg.io/Cluster", "postgresql.cnpg.io/Pooler":
		return true
	}
	return false
}

// operated notes, once, the custom resources of which operators make pods.
func (r *reader) operated() {
	if r.subject.Cluster != nil {
		return // whose charts have footprints, and those count such pods
	}
	count := map[string]int{}
	var first *manifest.Object
	var kinds []string
	for _, o := range r.subject.Objects {
		if !makesPods(o) || o.Part {
			continue
		}
		if first == nil {
			first = o
		}
		if count[o.Kind]++; count[o.Kind] == 1 {
			kinds = append(kinds, o.Kind)
		}
	}
	if first == nil {
		return
	}
	slices.Sort(kinds)
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%s (%d)", kind, count[kind])
	}
	r.out.Unknown = append(r.out.Unknown, Unknown{
		Spot: inventory.Spot{Object: first}, Harmless: true,
		Problem: "fit does not count the pods that operators make of " + finding.All(kinds), Detail: "the operator decides in the cluster which pods these are",
		Fix: "count them in the annotation " + model.AnnotationFootprint + " of the HelmRelease that installs the operator, or in the `footprint` of its chart in CUE",
	})
}
