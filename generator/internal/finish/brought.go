package finish

import (
	"cmp"
	"maps"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// brought are the units that must be there before a unit: those of the charts
// that bring the API groups of its objects, and those with the classes of its claims, or of a chart's.
func (r *finisher) brought(u *manifest.Unit) []string {
	var out []string
	for _, o := range u.Objects {
		if c := r.c.Providers[o.Group]; c != nil && c.Declared.Outside == "" && c.Owner != u.Name {
			out = append(out, c.Owner)
		}
		for _, class := range classesOf(o) {
			if unit := r.c.ClassUnits[class]; unit != "" && unit != u.Name {
				out = append(out, unit)
			}
		}
		if definer := r.definers[o.Group]; definer != "" && definer != u.Name {
			out = append(out, definer)
		}
	}
	if c := r.c.Desired.Charts[u.Name]; c != nil && c.Off == "" {
		for _, class := range r.classesOfChart(c) {
			if unit := r.c.ClassUnits[class]; unit != "" && unit != u.Name+scope.ConfigSuffix {
				out = append(out, unit)
			}
		}
	}
	return out
}

// classesOfChart are the storage classes of the claims that the pods of a chart have.
// Until those are bound the chart is not ready, and holds a worker.
func (r *finisher) classesOfChart(c *model.Chart) []string {
	unnamed := ""
	for _, name := range slices.Sorted(maps.Keys(r.c.Desired.Cluster.Storage)) {
		if r.c.Desired.Cluster.Storage[name].Default {
			unnamed = name
		}
	}
	var out []string
	for _, component := range slices.Sorted(maps.Keys(c.Footprint)) {
		if f := c.Footprint[component]; f.Off == "" {
			for _, claim := range slices.Sorted(maps.Keys(f.Claims)) {
				out = append(out, cmp.Or(f.Claims[claim], unnamed))
			}
		}
	}
	return out
}

// classesOf are the storage classes of an object's claims.
func classesOf(o *manifest.Object) []string {
	var names []*string
	switch v := o.Value.(type) {
	case *corev1.PersistentVolumeClaim:
		names = append(names, v.Spec.StorageClassName)
	case *appsv1.StatefulSet:
		for _, claim := range v.Spec.VolumeClaimTemplates {
			names = append(names, claim.Spec.StorageClassName)
		}
	}
	var out []string
	for _, name := range names {
		if name != nil {
			out = append(out, *name)
		}
	}
	return out
}
