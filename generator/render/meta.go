package render

import (
	"maps"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"stillsuit.dev/finding"
)

// The labels that every object carries
// (kubernetes.io/docs/concepts/overview/working-with-objects/common-labels).
const (
	labelName      = "app.kubernetes.io/name"
	labelComponent = "app.kubernetes.io/component"
	labelManagedBy = "app.kubernetes.io/managed-by"
	labelInstance  = "app.kubernetes.io/instance"
	managedBy      = "stillsuit"
)

// Annotations of ours, and those that Flux reads.
const (
	annotationSecrets    = "stillsuit.dev/secrets"    //nolint:gosec // hash of the SOPS files that a pod reads
	annotationExemptions = "stillsuit.dev/exemptions" // what is loosened, and why
	annotationPrune      = "kustomize.toolkit.fluxcd.io/prune"
	annotationForce      = "kustomize.toolkit.fluxcd.io/force"
)

// annotationDefaultClass marks the storage class of claims that name none
// (kubernetes.io/docs/concepts/storage/storage-classes).
const annotationDefaultClass = "storageclass.kubernetes.io/is-default-class"

// labelExposure marks a Service that is a way in from outside, by the name of
// the exposure, so that nothing takes it for the workload's own.
const labelExposure = "stillsuit.dev/exposure"

// labelHelmRelease is put by helm-controller on what it applies, by the name of the
// HelmRelease (fluxcd.io/flux/components/helm/helmreleases, origin labels).
const labelHelmRelease = "helm.toolkit.fluxcd.io/name"

const (
	labelArch     = "kubernetes.io/arch"
	labelHostname = "kubernetes.io/hostname"
	labelNSName   = "kubernetes.io/metadata.name"
)

// neverPruned marks what holds data: Flux leaves it when it goes from the tree.
func neverPruned() map[string]string { return map[string]string{annotationPrune: "disabled"} }

func labels(app, component string) map[string]string {
	l := map[string]string{labelName: app, labelManagedBy: managedBy}
	if component != "" {
		l[labelComponent] = component
	}
	return l
}

// meta is the metadata of an object of an app or chart.
func (p *party) meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: p.namespace, Labels: labels(p.owner, p.name)}
}

// oneOf lists names for a sentence, sorted: "a, b or c"; or "none".
func oneOf(names []string) string { return listed(names, finding.OneOf) }

// all lists names for a sentence, sorted: "a, b and c"; or "none".
func all(names []string) string { return listed(names, finding.All) }

func listed(names []string, join func([]string) string) string {
	if len(names) == 0 {
		return "none"
	}
	return join(slices.Compact(slices.Sorted(slices.Values(names))))
}

// has says in a sentence what an owner has of something: "app web has no
// port", "app web has only the port http", "app web has the ports http and admin".
func has(owner, what string, names []string) string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	plural := what + "s"
	if strings.HasSuffix(what, "s") || strings.HasSuffix(what, "sh") {
		plural = what + "es"
	}
	switch len(names) {
	case 0:
		return owner + " has no " + what
	case 1:
		return owner + " has only the " + what + " " + names[0]
	}
	return owner + " has the " + plural + " " + all(names)
}

func ptr[T any](v T) *T { return &v }

func with(m map[string]string, more map[string]string) map[string]string {
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
