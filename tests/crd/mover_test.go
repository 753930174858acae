package crd

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	velerotypes "github.com/vmware-tanzu/velero/pkg/types"
	"github.com/vmware-tanzu/velero/pkg/util/kube"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kjson "sigs.k8s.io/json"
)

// TestMovers reads what the reference cluster tells Velero's node agents and its
// maintenance jobs as Velero reads it: a field that Velero does not have, or one of four
// amounts that is missing, would leave the pods without requests and limits.
func TestMovers(t *testing.T) {
	var release map[string]any
	for _, o := range render(t, "../..") {
		if o.kind == "helm.toolkit.fluxcd.io/v2 HelmRelease" && o.value["metadata"].(map[string]any)["name"] == "velero" {
			release = o.value
		}
	}
	require.NotNil(t, release)

	text, found, err := unstructured.NestedString(release, "spec", "values", "configMaps", "node-agent", "data", "node-agent.json")
	require.NoError(t, err)
	require.True(t, found)
	var agents velerotypes.NodeAgentConfigs
	strictlyInto(t, []byte(text), &agents)
	require.Equal(t, 1, agents.LoadConcurrency.GlobalConfig)
	require.Equal(t, 1, agents.LoadConcurrency.PrepareQueueLength)
	require.NoError(t, usable(*agents.PodResources))

	value, found, err := unstructured.NestedMap(release, "spec", "values", "configuration", "repositoryMaintenanceJob", "repositoryConfigData", "global")
	require.NoError(t, err)
	require.True(t, found)
	b, err := json.Marshal(value)
	require.NoError(t, err)
	var jobs velerotypes.JobConfigs
	strictlyInto(t, b, &jobs)
	require.NoError(t, usable(*jobs.PodResources))

	mutant := *agents.PodResources
	mutant.CPULimit = ""
	require.ErrorContains(t, usable(mutant), "CPU limit")
}

func strictlyInto(t *testing.T, b []byte, into any) {
	t.Helper()
	unknown, err := kjson.UnmarshalStrict(b, into)
	require.NoError(t, err)
	require.Empty(t, unknown)
}

// usable reports why Velero would use none of the amounts.
func usable(r kube.PodResources) error {
	_, err := kube.ParseCPUAndMemoryResources(r.CPURequest, r.MemoryRequest, r.CPULimit, r.MemoryLimit)
	return err
}
