package render

import (
	"cmp"
	"fmt"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
)

// claims decides about claims: by which classes volumes are made for them.
type claims struct{ *scope }

// classes are the storage classes that exist: those of the cluster, those of
// nodes' disks, and the one that K3s brings.
func (r claims) classes() []string {
	names := sorted(r.d.Cluster.Storage)
	for _, n := range r.d.Cluster.Nodes {
		for _, disk := range n.Disks {
			if disk.Class != "" {
				names = append(names, disk.Class)
			}
		}
	}
	if r.d.Cluster.Kubernetes.Brings("local-storage") {
		names = append(names, "local-path")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r claims) checkClass(at model.Path, class string) {
	if class == "" {
		if r.defaultClass() == "" {
			r.Error(at, "volume/no-class", "the claim names no storage class", "no class of this cluster is the default, so it would stay pending", "add class, or default: true to one in cluster.storage")
		}
		return
	}
	if known := r.classes(); !slices.Contains(known, class) {
		r.Error(at, "volume/unknown-class", fmt.Sprintf("the claim asks for storage class %s", class),
			has("this cluster", "storage class", known),
			finding.DidYouMean(class, known, fmt.Sprintf("declare cluster: storage: %q: {…}", class)))
	}
}

func (r claims) defaultClass() string {
	for _, name := range sorted(r.d.Cluster.Storage) {
		if r.d.Cluster.Storage[name].Default {
			return name
		}
	}
	if r.d.Cluster.Kubernetes.Brings("local-storage") {
		return "local-path"
	}
	return ""
}

// waits reports whether claims of a class stay pending until a pod uses them.
func (r claims) waits(class string) bool {
	return r.d.Cluster.Storage[cmp.Or(class, r.defaultClass())].WaitsForConsumer()
}

// claim is what a volume is asked for.
type claim struct {
	size   *resource.Quantity
	class  string // "" when none is the default
	access string
}

func (r claims) claimOf(c *model.Claim) claim {
	return claim{c.Size, cmp.Or(c.Class, r.defaultClass()), cmp.Or(c.Access, "ReadWriteOnce")}
}
