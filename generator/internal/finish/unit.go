package finish

import (
	"path"
	"slices"
	"strings"
	"time"

	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	fluxkustomize "github.com/fluxcd/pkg/apis/kustomize"
	fluxmeta "github.com/fluxcd/pkg/apis/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/resolve/charts"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
)

// kustomization is the Flux Kustomization that applies a unit and waits until
// it is healthy, holding a worker meanwhile: that is what bounds the rollout.
func (r *finisher) kustomization(u *manifest.Unit) *manifest.Object {
	c := r.c.Desired.Cluster
	k := &kustomizev1.Kustomization{
		TypeMeta:   metav1.TypeMeta{APIVersion: kinds.Kustomization.GroupVersion().String(), Kind: kinds.Kustomization.Kind},
		ObjectMeta: metav1.ObjectMeta{Name: u.Name, Namespace: scope.UnitFlux, Labels: map[string]string{labels.ManagedBy: labels.Stillsuit}},
		Spec: kustomizev1.KustomizationSpec{
			Interval:      r.c.Interval(),
			RetryInterval: &metav1.Duration{Duration: scope.RetryInterval},
			Timeout:       &metav1.Duration{Duration: r.timeout(u)},
			Path:          "./" + path.Join("flux-system", c.Name, u.Dir, "app"),
			Prune:         true,
			Wait:          true,
			SourceRef:     kustomizev1.CrossNamespaceSourceReference{Kind: c.Flux.SourceKind(), Name: scope.UnitFlux},
			DependsOn:     references(r.dependsOn[u.Name]),
		},
	}
	if slices.ContainsFunc(u.Objects, func(o *manifest.Object) bool { return o.Verbatim != nil }) {
		k.Spec.Decryption = &kustomizev1.Decryption{Provider: "sops", SecretRef: &fluxmeta.LocalObjectReference{Name: c.Secrets.Decryption}}
	}
	if r.c.Lazy(u.Name) {
		// A claim that binds on its first consumer stays pending until there is
		// one, which is not this unit's health.
		k.Spec.HealthCheckExprs = []fluxkustomize.CustomHealthCheck{{
			APIVersion:             "v1",
			Kind:                   kinds.Claim.Kind,
			HealthCheckExpressions: fluxkustomize.HealthCheckExpressions{Current: "status.phase in ['Pending', 'Bound']", Failed: "status.phase == 'Lost'"},
		}}
	}
	return &manifest.Object{
		ID:         manifest.ID{Group: kinds.Kustomization.Group, Kind: kinds.Kustomization.Kind, Namespace: scope.UnitFlux, Name: u.Name},
		APIVersion: k.APIVersion, Value: k, Origin: u.Origin,
	}
}

// timeout gives a unit as long as its slowest container says that it starts,
// and a chart as long as Helm waits; and a minute.
func (r *finisher) timeout(u *manifest.Unit) time.Duration {
	longest := r.c.Desired.Cluster.Flux.Timeout.Or(scope.DefaultTimeout)
	if c := r.c.Desired.Charts[u.Name]; c != nil && c.Off == "" {
		longest = max(longest, c.Timeout.Or(charts.DefaultChartTimeout)+time.Minute)
	}
	for _, w := range r.c.Workloads(u.Name) {
		for _, set := range w.Sets() {
			for _, c := range set.Containers {
				if c.Started != nil && c.Started.Off == "" {
					longest = max(longest, c.Started.Within.Or(5*time.Minute)+time.Minute)
				}
			}
		}
		if w.Kind() == "Job" && w.Declared.Deadline != 0 {
			longest = max(longest, time.Duration(w.Declared.Deadline)+time.Minute)
		}
	}
	return longest
}

func (r *finisher) sopsRule() *manifest.SOPSRule {
	if len(r.c.Desired.Cluster.Secrets.Age) == 0 {
		return nil
	}
	return &manifest.SOPSRule{
		PathRegex:      "^" + strings.ReplaceAll(r.c.Dir, ".", `\.`) + `/.*\.sops\.yaml$`,
		EncryptedRegex: "^(data|stringData)$",
		Age:            r.c.Desired.Cluster.Secrets.Age,
	}
}
