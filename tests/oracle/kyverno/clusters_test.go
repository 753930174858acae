package kyverno

import (
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator"
)

// clusters renders the clusters of the repository, as objects by cluster.
func clusters(t *testing.T) map[string][]map[string]any {
	t.Helper()
	repo, err := generator.Open("../../..", nil)
	require.NoError(t, err)
	defer repo.Close()
	names, err := repo.Clusters()
	require.NoError(t, err)
	require.Len(t, names, 2)
	out := map[string][]map[string]any{}
	for _, name := range names {
		cluster, _, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		require.NotNil(t, cluster)
		rendering, _, err := generator.Render(cluster)
		require.NoError(t, err)
		for _, unit := range rendering.Units {
			for _, o := range unit.Objects {
				b, err := o.YAML()
				require.NoError(t, err)
				var content map[string]any
				require.NoError(t, yaml.Unmarshal(b, &content))
				out[name] = append(out[name], content)
			}
		}
	}
	return out
}

// TestClusters holds our verdicts on what both clusters render to against the
// engine's, by every policy of the library with the parameters that it has.
func TestClusters(t *testing.T) {
	folders, _ := library(t)
	var policies [][]byte
	for _, f := range folders {
		policies = append(policies, f.Policy)
	}
	for name, objects := range clusters(t) {
		t.Run(name, func(t *testing.T) {
			s := parity{policies: policies, judged: objects}.compare(t)
			agree(t, s)
			require.Equal(t, len(objects), s.objects)
			require.Greater(t, s.whole["pass"], 150)
			require.Greater(t, s.whole["fail"], 10)
		})
	}
}
