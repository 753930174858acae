package workload

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/model"
)

// Claims decides about claims: by which classes volumes are made for them.
type Claims struct{ *scope.Scope }

// classes are the storage classes that exist: those of the cluster, those of
// nodes' disks, and the one that K3s brings.
func (r Claims) classes() []string {
	names := slices.Sorted(maps.Keys(r.Desired.Cluster.Storage))
	for _, n := range r.Desired.Cluster.Nodes {
		for _, disk := range n.Disks {
			if disk.Class != "" {
				names = append(names, disk.Class)
			}
		}
	}
	if r.Desired.Cluster.Kubernetes.Brings("local-storage") {
		names = append(names, "local-path")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// CheckClass reports a storage class that the cluster does not have.
func (r Claims) CheckClass(at model.Path, class string) {
	if class == "" {
		if r.DefaultClass() == "" {
			r.Error(at, "volume/no-class", "the claim names no storage class", "no class of this cluster is the default, so it would stay pending", "add class, or default: true to one in cluster.storage")
		}
		return
	}
	if known := r.classes(); !slices.Contains(known, class) {
		r.Error(at, "volume/unknown-class", fmt.Sprintf("the claim asks for storage class %s", class),
			finding.Has("this cluster", "storage class", known),
			finding.DidYouMean(class, known, fmt.Sprintf("declare cluster: storage: %q: {…}", class)))
	}
}

// DefaultClass is the class of claims that name none; "" without one.
func (r Claims) DefaultClass() string {
	for _, name := range slices.Sorted(maps.Keys(r.Desired.Cluster.Storage)) {
		if r.Desired.Cluster.Storage[name].Default {
			return name
		}
	}
	if r.Desired.Cluster.Kubernetes.Brings("local-storage") {
		return "local-path"
	}
	return ""
}

// Waits reports whether claims of a class stay pending until a pod uses them.
func (r Claims) Waits(class string) bool {
	return r.Desired.Cluster.Storage[cmp.Or(class, r.DefaultClass())].WaitsForConsumer()
}

// Claim is what a volume is asked for.
type Claim struct {
	Size   *resource.Quantity
	Class  string // "" when none is the default
	Access string
}

// ClaimOf is a declared claim with its class and access modes.
func (r Claims) ClaimOf(c *model.Claim) Claim {
	return Claim{c.Size, cmp.Or(c.Class, r.DefaultClass()), cmp.Or(c.Access, "ReadWriteOnce")}
}

// CheckStored warns of a volume that is to be backed up, and that no store is for.
func (r Claims) CheckStored(at model.Path, what, namespace string) {
	stores := r.Desired.Cluster.Backups
	for _, name := range slices.Sorted(maps.Keys(stores)) {
		if of := stores[name].Namespaces; slices.Contains(of, namespace) || len(of) == 0 && !slices.Contains(scope.SystemNamespaces, namespace) {
			return
		}
	}
	contrast, mend := "this cluster declares no backups", "declare cluster: backups: …"
	if len(stores) > 0 {
		contrast, mend = fmt.Sprintf("no store in cluster.backups is for namespace %s", namespace), "add it to namespaces of one of "+finding.AllSorted(slices.Sorted(maps.Keys(stores)))
	}
	r.Warn(at, "backup/none", what+" is to be backed up", contrast, mend)
}
