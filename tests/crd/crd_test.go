package crd

import (
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// check decodes an object strictly into its authors' type, and holds it against
// their definition. It returns false when neither is known.
func check(definitions map[string]schema, kind string, o map[string]any) (bool, error) {
	into := typeOf(o["apiVersion"].(string), o["kind"].(string))
	definition, defined := definitions[kind]
	if into == nil && !defined {
		return false, nil
	}
	if into != nil {
		if err := strictly(o, into); err != nil {
			return true, err
		}
	}
	if defined {
		return true, definition.check(o)
	}
	return true, nil
}

// TestRendered checks what both reference clusters and all golden files render to.
// A kind without a type and a definition is one that somebody wrote into the CUE.
func TestRendered(t *testing.T) {
	definitions, objects := schemas(t), rendered(t)
	for _, o := range objects {
		known, err := check(definitions, o.kind, o.value)
		require.True(t, known || o.raw, "%s: no type of %s is known here", o.where, o.kind)
		if !o.part {
			require.NoError(t, err, o.where)
		}
	}
	require.Equal(t, []string{
		"cert-manager.io/v1 Certificate", "cert-manager.io/v1 ClusterIssuer",
		"cilium.io/v2 CiliumNetworkPolicy",
		"fluxcd.controlplane.io/v1 FluxInstance",
		"helm.cattle.io/v1 HelmChartConfig",
		"helm.toolkit.fluxcd.io/v2 HelmRelease", "kustomize.toolkit.fluxcd.io/v1 Kustomization",
		"metallb.io/v1beta1 IPAddressPool", "metallb.io/v1beta1 L2Advertisement",
		"monitoring.coreos.com/v1 PodMonitor", "monitoring.coreos.com/v1 ServiceMonitor", "monitoring.coreos.com/v1alpha1 ScrapeConfig",
		"notification.toolkit.fluxcd.io/v1beta3 Alert", "notification.toolkit.fluxcd.io/v1beta3 Provider",
		"policies.kyverno.io/v1 PolicyException", "policies.kyverno.io/v1 ValidatingPolicy",
		"source.toolkit.fluxcd.io/v1 GitRepository", "source.toolkit.fluxcd.io/v1 HelmRepository", "source.toolkit.fluxcd.io/v1 OCIRepository",
		"traefik.io/v1alpha1 IngressRoute", "traefik.io/v1alpha1 Middleware", "traefik.io/v1alpha1 ServersTransport",
		"velero.io/v1 BackupStorageLocation", "velero.io/v1 Schedule",
		"volsync.backube/v1alpha1 ReplicationSource",
	}, kinds(one(objects)))

	// Each kind refuses a field that its authors do not have.
	for kind, o := range one(objects) {
		mutant := runtime.DeepCopyJSON(o.value)
		require.NoError(t, unstructured.SetNestedField(mutant, "x", "spec", "misspelt"), kind)
		_, err := check(definitions, kind, mutant)
		require.ErrorContains(t, err, "misspelt", kind)
	}

	// Values are held against the definitions too, and what is nested.
	for _, mutant := range []struct {
		kind  string
		value any
		path  []string
		says  string
	}{
		{"cert-manager.io/v1 Certificate", "EC", []string{"spec", "privateKey", "algorithm"}, "Unsupported value"},
		{"cert-manager.io/v1 ClusterIssuer", map[string]any{"secretNme": "x"}, []string{"spec", "ca"}, "secretNme"},
		{"fluxcd.controlplane.io/v1 FluxInstance", "Git", []string{"spec", "sync", "kind"}, "Unsupported value"},
		{"traefik.io/v1alpha1 Middleware", []any{"10.0.0.0/8"}, []string{"spec", "ipAllowList", "sourceRnage"}, "sourceRnage"},
		{"velero.io/v1 BackupStorageLocation", "Write", []string{"spec", "accessMode"}, "Unsupported value"},
		{"volsync.backube/v1alpha1 ReplicationSource", "Copy", []string{"spec", "restic", "copyMethod"}, "Unsupported value"},
		{"volsync.backube/v1alpha1 ReplicationSource", "720h", []string{"spec", "restic", "retain", "wihtin"}, "wihtin"},
	} {
		o := runtime.DeepCopyJSON(one(objects)[mutant.kind].value)
		require.NoError(t, unstructured.SetNestedField(o, mutant.value, mutant.path...), mutant.kind)
		_, err := check(definitions, mutant.kind, o)
		require.ErrorContains(t, err, mutant.says, mutant.kind)
	}
}
