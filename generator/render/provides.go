package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
)

// checkProvides reports what two charts bring: each would undo the other's.
func (r *scope) checkProvides(c *chart) {
	for i, of := range c.Provides {
		if other := r.providers[of]; other.owner != c.owner {
			r.Error(c.at.Join("provides", fmt.Sprint(i)), "chart/provides", fmt.Sprintf("chart %s provides %s", c.owner, of),
				fmt.Sprintf("chart %s does too, and each would undo what the other does", other.owner), "remove it from one of them, or one of the charts")
		}
	}
}

// duplicates are what K3s brings, with what tells a chart that does the same
// work and how K3s is started without it.
func duplicates() []struct{ component, provided, flag string } {
	return []struct{ component, provided, flag string }{
		{"traefik", "traefik.io", "--disable=traefik"},
		{"servicelb", "metallb.io", "--disable=servicelb"},
		{"local-storage", "rancher.io/local-path", "--disable=local-storage"},
		{"metrics-server", "metrics.k8s.io", "--disable=metrics-server"},
	}
}

// checkBundled reports a chart beside the component of K3s that does its work.
func (r *scope) checkBundled(c *chart) {
	for _, d := range duplicates() {
		if i := slices.Index(c.Provides, d.provided); i >= 0 && r.d.Cluster.Kubernetes.Brings(d.component) {
			r.Error(c.at.Join("provides", fmt.Sprint(i)), "cluster/duplicate", fmt.Sprintf("chart %s provides %s", c.owner, d.provided),
				fmt.Sprintf("K3s runs its own %s for that, and writes it anew at every start", d.component),
				fmt.Sprintf("start K3s with %s and write cluster: kubernetes: bundled: %q: false", d.flag, d.component))
		}
	}
}

// brought are the units that must be there before a unit: those of the charts
// that bring the API groups of its objects, and those with the classes of its claims, or of a chart's.
func (r *renderer) brought(u *manifest.Unit) []string {
	var out []string
	for _, o := range u.Objects {
		if c := r.providers[o.Group]; c != nil && c.Outside == "" && c.owner != u.Name {
			out = append(out, c.owner)
		}
		for _, class := range classesOf(o) {
			if unit := r.classUnits[class]; unit != "" && unit != u.Name {
				out = append(out, unit)
			}
		}
		if definer := r.definers[o.Group]; definer != "" && definer != u.Name {
			out = append(out, definer)
		}
	}
	if c := r.charts[u.Name]; c != nil {
		for _, class := range r.classesOfChart(c) {
			if unit := r.classUnits[class]; unit != "" && unit != u.Name+configSuffix {
				out = append(out, unit)
			}
		}
	}
	return out
}

// classesOfChart are the storage classes of the claims that the pods of a chart have.
// Until those are bound the chart is not ready, and holds a worker.
func (r *scope) classesOfChart(c *chart) []string {
	unnamed := ""
	for _, name := range sorted(r.d.Cluster.Storage) {
		if r.d.Cluster.Storage[name].Default {
			unnamed = name
		}
	}
	var out []string
	for _, component := range sorted(c.Footprint) {
		if f := c.Footprint[component]; f.Off == "" {
			for _, claim := range sorted(f.Claims) {
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

// knownGroup warns of a raw object that the API server may not know.
func (r *renderer) knownGroup(at model.Path, o *manifest.Object) {
	group := o.Group
	known := sorted(r.providers)
	for group := range r.definers {
		known = append(known, group)
	}
	if r.d.Cluster.Kubernetes.Distribution == "k3s" {
		known = append(known, "helm.cattle.io", "k3s.cattle.io") // its own controllers'
	}
	if r.d.Cluster.Kubernetes.Brings("traefik") {
		known = append(known, "traefik.io")
	}
	if p := r.d.Cluster.Policies; p != nil && p.Pods != "" && ofKyverno(group) {
		return // reported, or of a chart
	}
	own := scheme.Scheme.IsGroupRegistered(group) || slices.Contains([]string{"apiextensions.k8s.io", "apiregistration.k8s.io"}, group)
	if own || strings.HasSuffix(group, ".toolkit.fluxcd.io") || slices.Contains(known, group) {
		return
	}
	r.Warn(at, "object/unknown-group", fmt.Sprintf("%s %s is of the API group %s", o.Kind, o.Name, group), "nothing in this cluster is said to bring it, so nothing tells when it can be applied",
		cmp.Or(didYouMean(group, known, ""), fmt.Sprintf("write provides: [%q] in the chart that does", group)))
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
