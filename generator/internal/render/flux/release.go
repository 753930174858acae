// Package flux makes HelmReleases, their sources, and the overlay of Flux itself.
package flux

import (
	"encoding/json"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	fluxmeta "github.com/fluxcd/pkg/apis/meta"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"stillsuit.dev/generator/internal/kinds"
	"stillsuit.dev/generator/internal/labels"
	"stillsuit.dev/generator/internal/render/object"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/charts"
	"stillsuit.dev/generator/model"
)

// chartLayer is the media type of a chart in a registry (helm.sh/docs/topics/registries).
const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

// keptReleases are the revisions that Helm keeps, each a Secret with the whole
// chart in it. Our choice; three are enough to roll back.
const keptReleases = 3

// ChartObjects are the release of a chart and its source, its secrets, and what it is
// told in objects of its own.
func ChartObjects(c *resolve.Cluster, x *charts.Resolved) []object.Made {
	out := object.Secrets(x.Unit(), x.Secrets)
	if x.Known {
		out = append(out, release(c, x)...)
	}
	return append(out, object.Raw(x.Config(), x.Objects)...)
}

// release is the HelmRelease, and its source.
func release(in *resolve.Cluster, c *charts.Resolved) []object.Made {
	hr := &helmv2.HelmRelease{ObjectMeta: c.Meta(c.Owner)}
	hr.Spec = helmv2.HelmReleaseSpec{
		Interval:       in.Interval(),
		Timeout:        &metav1.Duration{Duration: c.Declared.Timeout.Or(charts.DefaultChartTimeout)},
		ReleaseName:    c.Declared.Release,
		MaxHistory:     ptr.To(keptReleases),
		DriftDetection: &helmv2.DriftDetection{Mode: helmv2.DriftDetectionEnabled},
		// A first install that fails has nothing to keep: it is taken back and tried
		// again until it works. With a limit it would wait for the next change.
		Install: &helmv2.Install{CRDs: crdPolicy(c.Declared.CRDs), Remediation: &helmv2.InstallRemediation{Retries: -1}},
		Upgrade: &helmv2.Upgrade{
			CRDs: crdPolicy(c.Declared.CRDs), CleanupOnFail: true,
			Remediation: &helmv2.UpgradeRemediation{Retries: 3, RemediateLastFailure: ptr.To(true)},
		},
	}
	if len(c.Declared.Values) > 0 {
		raw, _ := json.Marshal(c.Declared.Values) // they were read from JSON
		hr.Spec.Values = &apiextensionsv1.JSON{Raw: raw}
	}
	for _, v := range c.Values {
		hr.Spec.ValuesFrom = append(hr.Spec.ValuesFrom, fluxmeta.ValuesReference{
			Kind: "Secret", Name: v.Secret, ValuesKey: v.Key, TargetPath: v.Path, Literal: true,
		})
	}
	if c.SecretHash != "" {
		hr.Annotations = labels.With(hr.Annotations, map[string]string{fluxmeta.ReconcileRequestAnnotation: c.SecretHash})
	}
	if c.Declared.Footprint != nil {
		b, _ := json.Marshal(c.Declared.Footprint) // it was read from JSON
		hr.Annotations = labels.With(hr.Annotations, map[string]string{model.AnnotationFootprint: string(b)})
	}
	if c.Declared.Exempt.Privileged != "" {
		hr.Annotations = labels.With(hr.Annotations, map[string]string{labels.AnnotationExemptions: "privileged: " + c.Declared.Exempt.Privileged})
	}
	return []object.Made{source(in, c, hr), object.Of(c.Unit(), kinds.Release, hr, c.At)}
}

func crdPolicy(said string) helmv2.CRDsPolicy {
	switch said {
	case "create":
		return helmv2.Create
	case "keep":
		return helmv2.Skip
	}
	return helmv2.CreateReplace
}

// source is where the chart comes from. It writes into the release what that says of it.
func source(in *resolve.Cluster, c *charts.Resolved, hr *helmv2.HelmRelease) object.Made {
	m, unit, from := c.Meta(c.Owner), c.Unit(), c.From
	template := func(kind, strategy string) {
		hr.Spec.Chart = &helmv2.HelmChartTemplate{Spec: helmv2.HelmChartTemplateSpec{
			Chart: c.Declared.Chart, Version: from.Version, Interval: &metav1.Duration{Duration: in.Interval().Duration}, ReconcileStrategy: strategy,
			SourceRef: helmv2.CrossNamespaceObjectReference{Kind: kind, Name: c.Owner},
		}}
	}
	switch {
	case c.Declared.Repo != "":
		template(kinds.HelmRepository.Kind, "")
		return object.Of(unit, kinds.HelmRepository, &sourcev1.HelmRepository{ObjectMeta: m, Spec: sourcev1.HelmRepositorySpec{URL: c.Declared.Repo, Interval: in.Interval()}}, c.At)
	case c.Declared.Git != "":
		// The chart in a tag may carry the version of the one before.
		template(kinds.GitRepository.Kind, sourcev1.ReconcileStrategyRevision)
		hr.Spec.Chart.Spec.Version = ""
		return object.Of(unit, kinds.GitRepository, &sourcev1.GitRepository{ObjectMeta: m, Spec: sourcev1.GitRepositorySpec{
			URL: c.Declared.Git, Interval: in.Interval(), Reference: &sourcev1.GitRepositoryRef{Tag: from.Version}, SparseCheckout: []string{c.Declared.Chart},
		}}, c.At)
	}
	hr.Spec.ChartRef = &helmv2.CrossNamespaceSourceReference{Kind: kinds.OCIRepository.Kind, Name: c.Owner}
	return object.Of(unit, kinds.OCIRepository, &sourcev1.OCIRepository{ObjectMeta: m, Spec: sourcev1.OCIRepositorySpec{
		URL: charts.OCIScheme + from.Repository, Interval: in.Interval(), Reference: &sourcev1.OCIRepositoryRef{Tag: from.Version, Digest: from.Digest},
		LayerSelector: &sourcev1.OCILayerSelector{MediaType: chartLayer, Operation: sourcev1.OCILayerCopy},
	}}, c.At)
}
