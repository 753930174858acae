package manifest

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"
)

func deployment() *appsv1.Deployment {
	replicas, surge := int32(1), intstr.FromString("25%")
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "home", Labels: map[string]string{"app.kubernetes.io/name": "web", "on": "yes"}},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Strategy: appsv1.DeploymentStrategy{RollingUpdate: &appsv1.RollingUpdateDeployment{MaxSurge: &surge}},
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{
				Containers: []corev1.Container{{
					Name: "main", Image: "docker.io/library/nginx:1.31@sha256:00", Args: []string{"--text", "a: b", "- c", "#d", "0x10", "1e3", ""},
					Env:       []corev1.EnvVar{{Name: "SCRIPT", Value: "#!/bin/sh\necho \"${A}\"\n"}},
					Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"memory": resource.MustParse("64Mi")}},
				}},
				Volumes: []corev1.Volume{{Name: "tmp", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
			}},
		},
	}
}

func TestMarshalReadsBackAsTheSameObject(t *testing.T) {
	in := deployment()
	b, err := Marshal(in)
	require.NoError(t, err)
	var out appsv1.Deployment
	require.NoError(t, yaml.UnmarshalStrict(b, &out))
	require.Equal(t, in, &out)
	require.NotContains(t, string(b), "status")
	require.NotContains(t, string(b), "creationTimestamp")
	again, err := Marshal(&out)
	require.NoError(t, err)
	require.Equal(t, string(b), string(again))
}

func TestMarshalKeepsWhatSelectsEverything(t *testing.T) {
	b, err := Marshal(&networkingv1.NetworkPolicy{Spec: networkingv1.NetworkPolicySpec{PolicyTypes: []networkingv1.PolicyType{"Ingress"}}})
	require.NoError(t, err)
	require.Contains(t, string(b), "podSelector: {}")
}

func TestMarshalLayout(t *testing.T) {
	b, err := Marshal(map[string]any{
		"kind": "K", "apiVersion": "v1", "metadata": map[string]any{"name": "web"}, "alpha": []any{map[string]any{"b": 1, "a": []any{[]any{"x"}}}, "y"},
		"empty": map[string]any{}, "none": []any{}, "nil": nil, "text": "one\n\n  two\n", "keep": "a\n\n", "strip": "a\nb", "number": json.Number("1.50"),
	})
	require.NoError(t, err)
	require.Equal(t, `apiVersion: v1
kind: K
metadata:
  name: web
alpha:
- a:
  - - x
  b: 1
- "y"
empty: {}
keep: |+
  a

nil: null
none: []
number: 1.50
strip: |-
  a
  b
text: |
  one

    two
`, string(b))
}

func FuzzScalar(f *testing.F) {
	for _, s := range []string{"", "a", "yes", "1", "1e3", "0o7", "a: b", "a #b", " a", "a ", "\n", "a\n", "\na", "a\n\n", "a\n b\n", "\ta\n", "~", "=", "<<", "---", "a\u2028b", "\ufeffa\nb", "a\x00b", "2001-01-01", "12:30", "0x1F", ".inf", "-", "? a", "a\r\nb", "é\nü", "{a}", "a, b", "'", `"`, "64Mi", "1h0m", "10.0.0.0/8", "1_0", "1i", "./a", "0b1", "1.5e3i", "2001-01-01t1", "!a", "&a", "*a", "a:", "%a", "@a", "`a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(quoteScalar(s)) > maxKey {
			_, err := Marshal(map[string]any{s: "v"})
			require.ErrorContains(t, err, "too long for YAML")
			return
		}
		want, err := json.Marshal(map[string]any{"list": []any{s}, "value": s, "key": map[string]any{s: "v"}})
		require.NoError(t, err)
		var plain map[string]any
		require.NoError(t, json.Unmarshal(want, &plain))
		b, err := Marshal(plain)
		require.NoError(t, err)
		got, err := yaml.YAMLToJSONStrict(b)
		require.NoError(t, err, "%q", b)
		require.JSONEq(t, string(want), string(got), "%q", b)
	})
}

func BenchmarkMarshal(b *testing.B) {
	d := deployment()
	b.Run("stillsuit", func(b *testing.B) {
		for b.Loop() {
			_, _ = Marshal(d)
		}
	})
	b.Run("sigs.k8s.io_yaml", func(b *testing.B) {
		for b.Loop() {
			_, _ = yaml.Marshal(d)
		}
	})
}
