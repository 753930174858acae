package charts

import (
	"encoding/json"
	"strings"
	"testing"

	helmv2 "github.com/fluxcd/helm-controller/api/v2"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/library"
)

// release is what a cluster declares of a chart, and what it renders about it.
type release struct {
	cluster, kubernetes string
	declared            *model.Chart
	helm                *helmv2.HelmRelease
	level               string // that its namespace enforces
	policies            []*networkingv1.NetworkPolicy
	monitors            []*monitor
	subject             *inventory.Subject // all that the cluster renders
}

// monitor is as much of a PodMonitor as is compared.
type monitor struct {
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		NamespaceSelector   struct{ MatchNames []string }
		Selector            metav1.LabelSelector
		PodMetricsEndpoints []struct {
			Port       string
			PortNumber *int32
			TargetPort *intstr.IntOrString
		}
	}
}

// version is the chart's own.
func (r *release) version() string {
	if reference, found := strings.CutPrefix(r.declared.Chart, "oci://"); found {
		return reference[strings.LastIndex(reference, ":")+1:]
	}
	return r.declared.Version
}

// values are those of the HelmRelease.
func (r *release) values(t *testing.T) map[string]any {
	t.Helper()
	out := map[string]any{}
	if r.helm.Spec.Values != nil {
		require.NoError(t, json.Unmarshal(r.helm.Spec.Values.Raw, &out))
	}
	return out
}

// releases renders every cluster of a repository, and returns its releases of the
// charts whose sources are known.
func releases(t *testing.T, dir string) []*release {
	t.Helper()
	repo, err := generator.Open(dir, &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer func() { require.NoError(t, repo.Close()) }()
	clusters, err := repo.Clusters()
	require.NoError(t, err)
	var out []*release
	for _, name := range clusters {
		cluster, findings, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		require.NotNil(t, cluster, findings)
		rendering, _, err := generator.Render(cluster)
		require.NoError(t, err)
		for chart := range sources {
			declared := cluster.Charts[chart]
			if declared == nil || declared.Off != "" || declared.Outside != "" {
				continue
			}
			r := &release{
				cluster: name, kubernetes: cluster.Cluster.Kubernetes.Version, declared: declared,
				subject: inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), func(string) []byte { return nil }),
			}
			for _, o := range rendering.Objects() {
				r.add(t, chart, o)
			}
			require.NotNil(t, r.helm, "%s renders no HelmRelease of %s", name, chart)
			out = append(out, r)
		}
	}
	return out
}

// add keeps an object that is about the release.
func (r *release) add(t *testing.T, chart string, o *manifest.Object) {
	t.Helper()
	of := func(into any) {
		b, err := o.YAML()
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(b, into))
	}
	switch {
	case o.Kind == "HelmRelease" && o.Name == chart:
		r.helm = &helmv2.HelmRelease{}
		of(r.helm)
	case o.Kind == "Namespace" && o.Name == r.declared.Namespace:
		var ns corev1.Namespace
		of(&ns)
		r.level = ns.Labels["pod-security.kubernetes.io/enforce"]
	case o.Kind == "NetworkPolicy" && o.Namespace == r.declared.Namespace:
		var p networkingv1.NetworkPolicy
		of(&p)
		if p.Labels["app.kubernetes.io/name"] == chart { // not the default, which denies
			r.policies = append(r.policies, &p)
		}
	case o.Kind == "PodMonitor" && strings.HasPrefix(o.Name, chart):
		var m monitor
		of(&m)
		r.monitors = append(r.monitors, &m)
	}
}
