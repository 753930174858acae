package finish

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/policies"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// definitions notes which units define API groups themselves, and warns of raw
// objects of a group that nothing brings.
func (r *finisher) definitions() {
	for _, name := range slices.Sorted(maps.Keys(r.units)) {
		for _, o := range r.units[name].Objects {
			if value, raw := o.Value.(map[string]any); raw && o.Kind == "CustomResourceDefinition" {
				spec, _ := value["spec"].(map[string]any)
				if group, _ := spec["group"].(string); group != "" {
					r.definers[group] = name
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.units)) {
		for _, o := range r.units[name].Objects {
			if o.Raw {
				r.knownGroup(model.Path(o.Origin), o)
			}
		}
	}
}

// knownGroup warns of a raw object that the API server may not know.
func (r *finisher) knownGroup(at model.Path, o *manifest.Object) {
	group := o.Group
	known := slices.Sorted(maps.Keys(r.c.Providers))
	for group := range r.definers {
		known = append(known, group)
	}
	if r.c.Desired.Cluster.Kubernetes.Distribution == "k3s" {
		known = append(known, "helm.cattle.io", "k3s.cattle.io") // its own controllers'
	}
	if r.c.Desired.Cluster.Kubernetes.Brings("traefik") {
		known = append(known, "traefik.io")
	}
	if p := r.c.Desired.Cluster.Policies; p != nil && p.Pods != "" && policies.OfKyverno(group) {
		return // reported, or of a chart
	}
	own := scheme.Scheme.IsGroupRegistered(group) || slices.Contains([]string{"apiextensions.k8s.io", "apiregistration.k8s.io"}, group)
	if own || strings.HasSuffix(group, ".toolkit.fluxcd.io") || slices.Contains(known, group) {
		return
	}
	r.Warn(at, "object/unknown-group", fmt.Sprintf("%s %s is of the API group %s", o.Kind, o.Name, group), "nothing in this cluster declares that it brings the group, so the order in which to apply it is unknown",
		cmp.Or(finding.DidYouMean(group, known, ""), fmt.Sprintf("write provides: [%q] in the chart that does", group)))
}
