package render

import (
	"encoding/json"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	fluxmeta "github.com/fluxcd/pkg/apis/meta"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"stillsuit.dev/generator/model"
)

// chartLayer is the media type of a chart in a registry (helm.sh/docs/topics/registries).
const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

// keptReleases are the revisions that Helm keeps, each a Secret with the whole
// chart in it. Our choice; three are enough to roll back.
const keptReleases = 3

// chartObjects are the release of a chart and its source, its secrets, and what it is
// told in objects of its own.
func chartObjects(c *cluster, x *resolvedChart) []made {
	out := secretObjects(x.unit(), x.secrets)
	if x.known {
		out = append(out, release(c, x)...)
	}
	return append(out, rawObjects(x.config(), x.objects)...)
}

// release is the HelmRelease, and its source.
func release(in *cluster, c *resolvedChart) []made {
	hr := &helmv2.HelmRelease{ObjectMeta: c.meta(c.owner)}
	hr.Spec = helmv2.HelmReleaseSpec{
		Interval:       in.interval(),
		Timeout:        &metav1.Duration{Duration: c.Timeout.Or(defaultChartTimeout)},
		ReleaseName:    c.Release,
		MaxHistory:     ptr(keptReleases),
		DriftDetection: &helmv2.DriftDetection{Mode: helmv2.DriftDetectionEnabled},
		// A first install that fails has nothing to keep: it is taken back and tried
		// again until it works. With a limit it would wait for the next change.
		Install: &helmv2.Install{CRDs: crdPolicy(c.CRDs), Remediation: &helmv2.InstallRemediation{Retries: -1}},
		Upgrade: &helmv2.Upgrade{
			CRDs: crdPolicy(c.CRDs), CleanupOnFail: true,
			Remediation: &helmv2.UpgradeRemediation{Retries: 3, RemediateLastFailure: ptr(true)},
		},
	}
	if len(c.Values) > 0 {
		raw, _ := json.Marshal(c.Values) // they were read from JSON
		hr.Spec.Values = &apiextensionsv1.JSON{Raw: raw}
	}
	for _, v := range c.values {
		hr.Spec.ValuesFrom = append(hr.Spec.ValuesFrom, fluxmeta.ValuesReference{
			Kind: "Secret", Name: v.secret, ValuesKey: v.key, TargetPath: v.path, Literal: true,
		})
	}
	if c.secretHash != "" {
		hr.Annotations = with(hr.Annotations, map[string]string{fluxmeta.ReconcileRequestAnnotation: c.secretHash})
	}
	if c.Footprint != nil {
		b, _ := json.Marshal(c.Footprint) // it was read from JSON
		hr.Annotations = with(hr.Annotations, map[string]string{model.AnnotationFootprint: string(b)})
	}
	if c.Exempt.Privileged != "" {
		hr.Annotations = with(hr.Annotations, map[string]string{annotationExemptions: "privileged: " + c.Exempt.Privileged})
	}
	return []made{source(in, c, hr), of(c.unit(), kindRelease, hr, c.at)}
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
func source(in *cluster, c *resolvedChart, hr *helmv2.HelmRelease) made {
	m, unit, from := c.meta(c.owner), c.unit(), c.from
	template := func(kind, strategy string) {
		hr.Spec.Chart = &helmv2.HelmChartTemplate{Spec: helmv2.HelmChartTemplateSpec{
			Chart: c.Chart.Chart, Version: from.version, Interval: &metav1.Duration{Duration: in.interval().Duration}, ReconcileStrategy: strategy,
			SourceRef: helmv2.CrossNamespaceObjectReference{Kind: kind, Name: c.owner},
		}}
	}
	switch {
	case c.Repo != "":
		template(kindHelmRepository.Kind, "")
		return of(unit, kindHelmRepository, &sourcev1.HelmRepository{ObjectMeta: m, Spec: sourcev1.HelmRepositorySpec{URL: c.Repo, Interval: in.interval()}}, c.at)
	case c.Git != "":
		// The chart in a tag may carry the version of the one before.
		template(kindGitRepository.Kind, sourcev1.ReconcileStrategyRevision)
		hr.Spec.Chart.Spec.Version = ""
		return of(unit, kindGitRepository, &sourcev1.GitRepository{ObjectMeta: m, Spec: sourcev1.GitRepositorySpec{
			URL: c.Git, Interval: in.interval(), Reference: &sourcev1.GitRepositoryRef{Tag: from.version}, SparseCheckout: []string{c.Chart.Chart},
		}}, c.at)
	}
	hr.Spec.ChartRef = &helmv2.CrossNamespaceSourceReference{Kind: kindOCIRepository.Kind, Name: c.owner}
	return of(unit, kindOCIRepository, &sourcev1.OCIRepository{ObjectMeta: m, Spec: sourcev1.OCIRepositorySpec{
		URL: ociScheme + from.repository, Interval: in.interval(), Reference: &sourcev1.OCIRepositoryRef{Tag: from.version, Digest: from.digest},
		LayerSelector: &sourcev1.OCILayerSelector{MediaType: chartLayer, Operation: sourcev1.OCILayerCopy},
	}}, c.at)
}
