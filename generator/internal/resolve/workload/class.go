package workload

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/labels"
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
			finding.DidYouMean(class, known, fmt.Sprintf("declare cluster: storage: %q: {…}", class))).Like(class, known)
	}
}

// CheckAccess reports an access mode that volumes of a class cannot have: such a claim stays
// pending.
func (r Claims) CheckAccess(at model.Path, class, access string) {
	name := cmp.Or(class, r.DefaultClass())
	provisioner := r.Desired.Cluster.Storage[name].Provisioner
	if r.bundled(name) {
		provisioner = model.LocalPath
	}
	known, some := model.ProvisionerOf(provisioner)
	if access == "" || !some || slices.Contains(known.Access, access) || provisioner == model.LocalPath && r.shared() {
		return
	}
	r.Error(at, "volume/access", fmt.Sprintf("the claim asks for %s, and %s makes no such volumes for storage class %s", access, provisioner, name), "", fmt.Sprintf("write access: %q, or take a class whose volumes are reached over the network", "ReadWriteOnce"))
}

// shared reports whether the local path provisioner is told of a file system that all nodes
// mount: it has every access mode then (rancher/local-path-provisioner, README.md).
func (r Claims) shared() bool {
	c := r.Providers[model.LocalPath]
	return c != nil && c.Declared.Values["sharedFileSystemPath"] != nil
}

// bundled reports whether a class is the one that K3s makes.
func (r Claims) bundled(class string) bool {
	return class == "local-path" && r.Desired.Cluster.Kubernetes.Brings("local-storage")
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
	Size        *resource.Quantity
	Class       string // "" when none is the default
	Access      string
	Annotations map[string]string
}

// ClaimOf is a declared claim with its class and access modes. One of K3s's own class asks
// for a local volume itself where that class does not.
func (r Claims) ClaimOf(c *model.Claim) Claim {
	out := Claim{Size: c.Size, Class: cmp.Or(c.Class, r.DefaultClass()), Access: cmp.Or(c.Access, "ReadWriteOnce")}
	if r.bundled(out.Class) && !r.Desired.Cluster.Kubernetes.MakesLocal() {
		out.Annotations = map[string]string{model.AnnotationClaimType: "local"}
	}
	if c.NoBackup != "" {
		out.Annotations = labels.With(out.Annotations, map[string]string{labels.AnnotationNoBackup: c.NoBackup})
	}
	return out
}

// CheckStored warns of a volume that is to be backed up, and that no store is for.
func (r Claims) CheckStored(at model.Path, what, namespace string) {
	stores := r.Desired.Cluster.Backups
	if len(r.Desired.Cluster.StoresOf(namespace, model.Velero, model.VolSync)) > 0 {
		return
	}
	contrast, mend := "this cluster declares no backups", "declare cluster: backups: …"
	if len(stores) > 0 {
		contrast, mend = fmt.Sprintf("no store in cluster.backups is for namespace %s", namespace), "add it to namespaces of one of "+finding.AllSorted(slices.Sorted(maps.Keys(stores)))
	}
	r.Warn(at, "backup/none", what+" is to be backed up", contrast, mend)
}
