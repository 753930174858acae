// Package labels names the labels and annotations that objects carry, and that
// controllers read.
package labels

import (
	"maps"
)

// The labels that every object carries
// (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels).
const (
	Name      = "app.kubernetes.io/name"
	Component = "app.kubernetes.io/component"
	ManagedBy = "app.kubernetes.io/managed-by"
	Instance  = "app.kubernetes.io/instance"
)

// Stillsuit is the value of ManagedBy.
const Stillsuit = "stillsuit"

// Annotations of ours, and those that Flux reads.
const (
	AnnotationSecrets    = "stillsuit.dev/secrets"    //nolint:gosec // hash of the SOPS files that a pod reads
	AnnotationExemptions = "stillsuit.dev/exemptions" // what is loosened, and why
	AnnotationNoBackup   = "stillsuit.dev/no-backup"  // what is not backed up, and why
	annotationPrune      = "kustomize.toolkit.fluxcd.io/prune"
	AnnotationForce      = "kustomize.toolkit.fluxcd.io/force"
)

// AnnotationDefaultClass marks the storage class of claims that name none
// (kubernetes.io/docs/concepts/storage/storage-classes).
const AnnotationDefaultClass = "storageclass.kubernetes.io/is-default-class"

// Exposure marks a Service that is a way in from outside, by the name of
// the exposure, so that nothing takes it for the workload's own.
const Exposure = "stillsuit.dev/exposure"

// HelmRelease is put by helm-controller on what it applies, by the name of the
// HelmRelease (fluxcd.io/flux/components/helm/helmreleases, origin labels).
const HelmRelease = "helm.toolkit.fluxcd.io/name"

// The labels of nodes, and of namespaces by their name
// (kubernetes.io/docs/reference/labels-annotations-taints).
const (
	Arch     = "kubernetes.io/arch"
	Hostname = "kubernetes.io/hostname"
	NSName   = "kubernetes.io/metadata.name"
)

// NeverPruned marks what holds data: Flux leaves it when it goes from the tree.
func NeverPruned() map[string]string { return map[string]string{annotationPrune: "disabled"} }

// Of are those of an object of an app or chart, and of its workload; "" for none.
func Of(app, component string) map[string]string {
	l := map[string]string{Name: app, ManagedBy: Stillsuit}
	if component != "" {
		l[Component] = component
	}
	return l
}

// With returns m with more; m stays as it is.
func With(m, more map[string]string) map[string]string {
	if len(more) == 0 {
		return m
	}
	out := maps.Clone(m)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, more)
	return out
}
