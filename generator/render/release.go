package render

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"time"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	fluxmeta "github.com/fluxcd/pkg/apis/meta"
	sourcev1 "github.com/fluxcd/source-controller/api/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/generator/model"
)

// chartLayer is the media type of a chart in a registry (helm.sh/docs/topics/registries).
const chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

// defaultChartTimeout is how long Helm waits: helm-controller's own default.
const defaultChartTimeout = 5 * time.Minute

// keptReleases are the revisions that Helm keeps, each a Secret with the whole
// chart in it. Our choice; three are enough to roll back.
const keptReleases = 3

// release renders the HelmRelease and its source.
func (r *renderer) release(unit unit, c *chart) {
	hr := &helmv2.HelmRelease{ObjectMeta: c.meta(c.owner)}
	hr.Spec = helmv2.HelmReleaseSpec{
		Interval:       r.interval(),
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
	if !r.source(unit, c, hr) {
		return
	}
	if len(c.Values) > 0 {
		raw, _ := json.Marshal(c.Values) // they were read from JSON
		hr.Spec.Values = &apiextensionsv1.JSON{Raw: raw}
	}
	r.secretValues(c, hr)
	if c.Footprint != nil {
		b, _ := json.Marshal(c.Footprint) // it was read from JSON
		hr.Annotations = with(hr.Annotations, map[string]string{model.AnnotationFootprint: string(b)})
	}
	if c.Exempt.Privileged != "" {
		hr.Annotations = with(hr.Annotations, map[string]string{annotationExemptions: "privileged: " + c.Exempt.Privileged})
	}
	r.add(unit, kindRelease, hr, c.at)
}

func (r *scope) interval() metav1.Duration {
	return metav1.Duration{Duration: r.d.Cluster.Flux.Interval.Or(defaultInterval)}
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

// targetPath is what helm-controller takes as the path of a value, of at most
// longestPath characters (helm.toolkit.fluxcd.io/v2, spec.valuesFrom.targetPath).
var targetPath = regexp.MustCompile(`^([a-zA-Z0-9_\-.\\/]|\[[0-9]{1,5}\])+$`)

const longestPath = 250

// secretValues renders the values from secrets. helm-controller looks at them
// again when it is asked to, so their hash is the request.
func (r *scope) secretValues(c *chart, hr *helmv2.HelmRelease) {
	hash, files := sha256.New(), map[string]bool{}
	for _, path := range sorted(c.SecretValues) {
		at := c.at.Join("secretValues", path)
		if !targetPath.MatchString(path) || len(path) > longestPath {
			r.Error(at, "chart/value-path", "the path of a value is "+quoted(path), "Helm takes names with dots between them, and [0] for the elements of a list", "write it like grafana.adminPassword")
			continue
		}
		s, key := r.keyOf(at, &c.party, c.Secrets, c.SecretValues[path])
		if s == nil {
			continue
		}
		hr.Spec.ValuesFrom = append(hr.Spec.ValuesFrom, fluxmeta.ValuesReference{
			Kind: "Secret", Name: s.name, ValuesKey: key, TargetPath: path, Literal: true,
		})
		if s.bytes != nil && !files[s.file] {
			files[s.file] = true
			_, _ = hash.Write(s.bytes) // a hash never returns an error
		}
	}
	if len(files) > 0 {
		hr.Annotations = with(hr.Annotations, map[string]string{fluxmeta.ReconcileRequestAnnotation: hex.EncodeToString(hash.Sum(nil))[:16]})
	}
}

// source renders where the chart comes from, and what the release says of it. It
// returns false when that is not known, which it has then reported.
func (r *renderer) source(unit unit, c *chart, hr *helmv2.HelmRelease) bool {
	m := c.meta(c.owner)
	from, ok := r.chartSource(c)
	if !ok {
		return false
	}
	template := func(kind, strategy string) {
		hr.Spec.Chart = &helmv2.HelmChartTemplate{Spec: helmv2.HelmChartTemplateSpec{
			Chart: c.Chart.Chart, Version: from.version, Interval: &metav1.Duration{Duration: r.interval().Duration}, ReconcileStrategy: strategy,
			SourceRef: helmv2.CrossNamespaceObjectReference{Kind: kind, Name: c.owner},
		}}
	}
	switch {
	case c.Repo != "":
		template(kindHelmRepository.Kind, "")
		r.add(unit, kindHelmRepository, &sourcev1.HelmRepository{ObjectMeta: m, Spec: sourcev1.HelmRepositorySpec{URL: c.Repo, Interval: r.interval()}}, c.at)
	case c.Git != "":
		// The chart in a tag may carry the version of the one before.
		template(kindGitRepository.Kind, sourcev1.ReconcileStrategyRevision)
		hr.Spec.Chart.Spec.Version = ""
		r.add(unit, kindGitRepository, &sourcev1.GitRepository{ObjectMeta: m, Spec: sourcev1.GitRepositorySpec{
			URL: c.Git, Interval: r.interval(), Reference: &sourcev1.GitRepositoryRef{Tag: from.version}, SparseCheckout: []string{c.Chart.Chart},
		}}, c.at)
	default:
		hr.Spec.ChartRef = &helmv2.CrossNamespaceSourceReference{Kind: kindOCIRepository.Kind, Name: c.owner}
		r.add(unit, kindOCIRepository, &sourcev1.OCIRepository{ObjectMeta: m, Spec: sourcev1.OCIRepositorySpec{
			URL: ociScheme + from.repository, Interval: r.interval(), Reference: &sourcev1.OCIRepositoryRef{Tag: from.version, Digest: from.digest},
			LayerSelector: &sourcev1.OCILayerSelector{MediaType: chartLayer, Operation: sourcev1.OCILayerCopy},
		}}, c.at)
	}
	return true
}

// quoted writes a text into a sentence, cut to 60 characters.
func quoted(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return "\"" + s + "\""
}
