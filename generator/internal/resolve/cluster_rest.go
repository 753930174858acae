package resolve

import (
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/resolve/access"
	"stillsuit.dev/generator/internal/resolve/charts"
	"stillsuit.dev/generator/internal/resolve/policies"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/internal/resolve/workload"
	"stillsuit.dev/generator/internal/resolve/workspaces"
	"stillsuit.dev/generator/internal/resolve/written"
)

// resolvedRest are charts, namespaces, access and policies.
type resolvedRest struct {
	workspaces.ResolvedNamespaces
	Charts   []*charts.Resolved
	Access   access.Resolved
	Policies policies.Resolved
	Flux     *workload.Placement // of its controllers; nil when that is not said
}

// Interval is how often Flux looks whether something changed.
func (c *Cluster) Interval() metav1.Duration {
	return metav1.Duration{Duration: c.Desired.Cluster.Flux.Interval.Or(scope.DefaultInterval)}
}

// written are the objects that apps and charts write themselves.
func (c *Cluster) written() []written.Object {
	var out []written.Object
	for _, name := range slices.Sorted(maps.Keys(c.Apps)) {
		out = append(out, c.Apps[name].Objects...)
	}
	for _, x := range c.Charts {
		out = append(out, x.Objects...)
	}
	return out
}

// namespacesOfReleases are those with HelmReleases, sorted.
func (c *Cluster) namespacesOfReleases() []string {
	in := map[string]bool{}
	for _, x := range c.Charts {
		if x.Known {
			in[x.Declared.Namespace] = true
		}
	}
	for _, o := range c.written() {
		if o.ID.Group == kinds.Release.Group && o.ID.Kind == kinds.Release.Kind {
			in[o.ID.Namespace] = true
		}
	}
	return slices.Sorted(maps.Keys(in))
}
