package demand

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
)

// TestVelero counts the pods that the values of Velero's chart speak of, and none that Velero
// would make without requests: each of the mutants loses one of them.
func TestVelero(t *testing.T) {
	const config = `{"loadConcurrency": {"globalConfig": 2, "prepareQueueLength": 3}, "podResources": {"cpuRequest": "50m", "memoryRequest": "128Mi", "cpuLimit": "0", "memoryLimit": "512Mi"}}`
	names := func(name, config, cpuLimit string) map[string]*Workload {
		values := map[string]any{
			"nodeAgent":  map[string]any{"extraArgs": []any{"--log-level=debug", "--node-agent-configmap=" + name}},
			"configMaps": map[string]any{"node-agent": map[string]any{"data": map[string]any{"a.json": config}}},
			"configuration": map[string]any{"repositoryMaintenanceJob": map[string]any{"repositoryConfigData": map[string]any{"global": map[string]any{
				"podResources": map[string]any{"cpuRequest": "20m", "memoryRequest": "64Mi", "cpuLimit": cpuLimit, "memoryLimit": "256Mi"},
			}}}},
		}
		release := map[string]any{
			"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "HelmRelease", "metadata": map[string]any{
				"name": "velero", "namespace": "velero", "annotations": map[string]any{"stillsuit.dev/footprint": "{}"},
			}, "spec": map[string]any{"values": values},
		}
		s := &inventory.Subject{Objects: []*manifest.Object{{ID: manifest.ID{Group: "helm.toolkit.fluxcd.io", Kind: "HelmRelease", Namespace: "velero", Name: "velero"}, Value: release}}}
		d, err := Of(s)
		require.NoError(t, err)
		out := map[string]*Workload{}
		for _, w := range d.Workloads {
			if len(w.Spot.Keys) > 1 && w.Spot.Keys[1] == "values" {
				out[w.Name] = w
			}
		}
		return out
	}
	found := names("velero-node-agent", config, "0")
	require.Len(t, found, 4)
	require.True(t, found["velero mover"].PerNode)
	require.True(t, found["velero mover 2"].PerNode)
	waiting := found["velero waiting mover"]
	require.Equal(t, 3, waiting.Pods)
	require.Equal(t, Timed, waiting.Runs)
	require.Equal(t, "128Mi", waiting.Template.Spec.Containers[0].Resources.Limits.Memory().String())
	require.Equal(t, "velero", waiting.Template.Namespace)
	require.NotEmpty(t, waiting.Template.Spec.Tolerations)
	tidier := found["velero maintenance"]
	require.Equal(t, "256Mi", tidier.Template.Spec.Containers[0].Resources.Limits.Memory().String())
	require.Empty(t, tidier.Template.Spec.Tolerations)

	require.NotContains(t, names("another", config, "0"), "velero waiting mover")
	require.NotContains(t, names("velero-node-agent", "{", "0"), "velero waiting mover")
	require.NotContains(t, names("velero-node-agent", `{"loadConcurrency": {"prepareQueueLength": 3}}`, "0"), "velero waiting mover")
	require.NotContains(t, names("velero-node-agent", config, ""), "velero maintenance")
}
