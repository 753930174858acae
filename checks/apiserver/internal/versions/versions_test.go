package versions_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/apiserver/internal/versions"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/apis"
)

// TestCheck has kinds that are wrong for a cluster of 1.34, and like ones that are not.
func TestCheck(t *testing.T) {
	type want struct {
		code     finding.Code
		severity finding.Severity
		key, fix string
	}
	for of, w := range map[string]want{
		"extensions/v1beta1 Ingress":                              {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: networking.k8s.io/v1`, and write `backend:"},
		"networking.k8s.io/v1beta1 Ingress":                       {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: networking.k8s.io/v1`, and write `backend:"},
		"batch/v1beta1 CronJob":                                   {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: batch/v1`"},
		"apps/v1beta1 Deployment":                                 {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: apps/v1`, and add `spec.selector"},
		"policy/v1beta1 PodSecurityPolicy":                        {versions.CodeRemoved, finding.Error, "apiVersion", "remove it, and label namespaces"},
		"policy/v1beta1 PodDisruptionBudget":                      {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: policy/v1`"},
		"autoscaling/v2beta2 HorizontalPodAutoscaler":             {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: autoscaling/v2`"},
		"settings.k8s.io/v1alpha1 PodPreset":                      {versions.CodeRemoved, finding.Error, "apiVersion", "remove it"},
		"resource.k8s.io/v1beta1 ResourceClaim":                   {versions.CodeOff, finding.Warning, "apiVersion", "write `apiVersion: resource.k8s.io/v1`"},
		"internal.apiserver.k8s.io/v1alpha1 StorageVersion":       {versions.CodeOff, finding.Warning, "apiVersion", "start the API server with `--runtime-config="},
		"admissionregistration.k8s.io/v1 MutatingAdmissionPolicy": {versions.CodeKind, finding.Error, "apiVersion", "upgrade the cluster to Kubernetes 1.36 first"},
		"authentication.k8s.io/v1 TokenReview":                    {versions.CodeKind, finding.Error, "kind", "take the object out"},
		"v1 Deployment":                                           {versions.CodeKind, finding.Error, "apiVersion", "write `apiVersion: apps/v1`"},
		"apps/v1 Deploymnet":                                      {versions.CodeKind, finding.Error, "kind", "write `kind: Deployment`"},
		"kustomize.toolkit.fluxcd.io/v1beta2 Kustomization":       {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: kustomize.toolkit.fluxcd.io/v1`"},
		"helm.toolkit.fluxcd.io/v2beta1 HelmRelease":              {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: helm.toolkit.fluxcd.io/v2`"},
		"image.toolkit.fluxcd.io/v1beta2 ImagePolicy":             {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: image.toolkit.fluxcd.io/v1`"},
		"notification.toolkit.fluxcd.io/v1beta2 Alert":            {versions.CodeRemoved, finding.Error, "apiVersion", "write `apiVersion: notification.toolkit.fluxcd.io/v1beta3`"},
		"source.toolkit.fluxcd.io/v2 GitRepository":               {versions.CodeKind, finding.Error, "apiVersion", "write `apiVersion: source.toolkit.fluxcd.io/v1`"},
	} {
		version, kind, _ := strings.Cut(of, " ")
		out := versions.New(34, true, nil).Check(version, kind, kind+" web/x")
		require.Len(t, out, 1, of)
		require.Equal(t, w.code, out[0].Code, of)
		require.Equal(t, w.severity, out[0].Severity, of)
		require.Equal(t, []string{w.key}, out[0].Keys, of)
		require.True(t, strings.HasPrefix(out[0].Fix, w.fix), "%s: %s", of, out[0].Fix)
		require.True(t, strings.HasPrefix(out[0].Problem, kind+" web/x "), out[0].Problem)
	}
	for _, sound := range []string{
		"apps/v1 Deployment", "v1 ConfigMap", "networking.k8s.io/v1 Ingress", "storage.k8s.io/v1 VolumeAttributesClass", "cert-manager.io/v1 Certificate",
		"kustomize.toolkit.fluxcd.io/v1 Kustomization", "notification.toolkit.fluxcd.io/v1beta3 Alert", "source.extensions.fluxcd.io/v1beta1 ArtifactGenerator",
		"apps/${VERSION} Deployment", "kustomize.config.k8s.io/v1beta1 Kustomization",
	} {
		version, kind, _ := strings.Cut(sound, " ")
		require.Empty(t, versions.New(34, true, nil).Check(version, kind, kind+" web/x"), sound)
	}
}

// TestUnknownVersion is about a directory of which no version is known: what differs between
// releases that may run is no error.
func TestUnknownVersion(t *testing.T) {
	for of, want := range map[string]finding.Severity{
		"extensions/v1beta1 Ingress": finding.Error, "flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema": finding.Warning,
		"resource.k8s.io/v1 DeviceTaintRule": finding.Warning, "kustomize.toolkit.fluxcd.io/v1beta2 Kustomization": finding.Warning, "v1 Deployment": finding.Error,
	} {
		version, kind, _ := strings.Cut(of, " ")
		out := versions.New(0, false, nil).Check(version, kind, kind+" x")
		require.Len(t, out, 1, of)
		require.Equal(t, want, out[0].Severity, of)
	}
	require.Empty(t, versions.New(0, false, nil).Check("source.toolkit.fluxcd.io/v2", "GitRepository", "GitRepository x"), "a newer Flux may have it")
	require.Empty(t, versions.New(0, false, []string{"kustomize.toolkit.fluxcd.io"}).Check("kustomize.toolkit.fluxcd.io/v1beta2", "Kustomization", "Kustomization x"), "the tree says what is served")
}

// TestDeprecated names the release that removes the version.
func TestDeprecated(t *testing.T) {
	out := versions.New(31, true, nil).Check("flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", "FlowSchema x")
	require.Len(t, out, 1)
	require.Equal(t, versions.CodeDeprecated, out[0].Code)
	require.Equal(t, finding.Warning, out[0].Severity)
	require.Equal(t, "FlowSchema x has apiVersion flowcontrol.apiserver.k8s.io/v1beta3, which Kubernetes 1.32 removes", out[0].Problem)
}

// TestEveryRow gives the checker every kind that there was, in every minor that is known: what
// the API server has by default passes, and nothing else does.
func TestEveryRow(t *testing.T) {
	for minor := apis.Oldest; minor <= apis.Newest; minor++ {
		c := versions.New(minor, true, nil)
		for _, k := range apis.Kinds() {
			out := c.Check(k.APIVersion, k.Kind, k.Kind+" x")
			passes := k.In(minor) == apis.Served && k.Applied
			if passes && len(out) > 0 {
				require.Equal(t, versions.CodeDeprecated, out[0].Code, k.APIVersion+" "+k.Kind)
			} else {
				require.Equal(t, passes, len(out) == 0, "%s %s in 1.%d", k.APIVersion, k.Kind, minor)
			}
			for _, r := range out {
				require.NotContains(t, r.Fix, "`apiVersion: `")
			}
		}
	}
}

// TestNewer is about a cluster with a Kubernetes that is newer than the rules for fields.
func TestNewer(t *testing.T) {
	require.Nil(t, versions.Newer(36, 36))
	require.Nil(t, versions.Newer(0, 36))
	n := versions.Newer(38, 36)
	require.Equal(t, versions.CodeNewer, n.Code)
	require.Contains(t, n.Detail, "1.37")
	require.Empty(t, versions.New(38, true, nil).Check("apps/v1", "Rollout", "Rollout x"), "the newer one may have it")
	require.Len(t, versions.New(38, true, nil).Check("apps/v1", "Deploymnet", "Deploymnet x"), 1)
}
