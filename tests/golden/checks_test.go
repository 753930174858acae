package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/images"
	"stillsuit.dev/checks/policies"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/library"
)

// TestChecks holds the reference clusters against every check, and what is found
// against checks/CLUSTER.txt.
func TestChecks(t *testing.T) {
	repo, err := generator.Open("../..", &generator.Options{Library: library.FS})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	clusters, err := repo.Clusters()
	require.NoError(t, err)
	require.Equal(t, []string{"arrakeen", "turingpi"}, clusters)
	given, err := admission.Load(library.FS)
	require.NoError(t, err)
	for _, name := range clusters {
		cluster, _, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		rendering, _, err := generator.Render(cluster)
		require.NoError(t, err)
		subject := inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source)
		found, err := checks.Run(subject, []*checks.Checker{images.Checker(), policies.Checker(given, nil)}, &checks.Options{Today: "2026-10-01"})
		require.NoError(t, err)
		for _, f := range found {
			require.NotEqual(t, finding.Error, f.Severity, f.String())
			require.NotContains(t, string(f.Code), "admission/", "what a policy refuses is mended, or let off with a reason: %s", f)
		}
		file := filepath.Join("checks", name+".txt")
		if *update {
			require.NoError(t, os.MkdirAll("checks", 0o755))
			require.NoError(t, os.WriteFile(file, []byte(lines(found)), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), lines(found))
	}
}
