package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator"
	"stillsuit.dev/policies/library"
)

// rendered generates that many apps and renders them.
func rendered(t *testing.T, apps int) (dir string, m measurement) {
	t.Helper()
	forms, err := readForms(t.Context(), "../..")
	require.NoError(t, err)
	dir = t.TempDir()
	require.NoError(t, forms.write(dir, apps, untyped))
	m, err = measure(t.Context(), dir, "")
	require.NoError(t, err)
	return dir, m
}

// kinds are those of the objects of a cluster that come from its apps and namespaces.
func kinds(t *testing.T, dir, cluster string) []string {
	t.Helper()
	repo, err := generator.Open(dir, &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer repo.Close()
	c, _, err := generator.Load(t.Context(), repo, cluster)
	require.NoError(t, err)
	r, _, err := generator.Render(c)
	require.NoError(t, err)
	var found []string
	for _, o := range r.Objects() {
		if slices.Contains([]string{"apps", "namespaces"}, o.Origin[0]) {
			found = append(found, o.Kind)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestGeneratedClusterIsAsVariedAsTheModel(t *testing.T) {
	dir, m := rendered(t, 37) // a copy that is not whole, too
	require.Equal(t, 37+2, m.Units, "the apps, their namespaces, the monitors")
	require.GreaterOrEqual(t, m.Written, m.Files)
	require.Positive(t, m.Peak)
	require.Subset(t, kinds(t, dir, clusterName), kinds(t, "../..", modelCluster))
}

func TestGeneratedRepositoryIsTheSameEachTime(t *testing.T) {
	forms, err := readForms(t.Context(), "../..")
	require.NoError(t, err)
	dirs := []string{t.TempDir(), t.TempDir()}
	for _, dir := range dirs {
		require.NoError(t, forms.write(dir, 20, typedBlocks))
	}
	require.NoError(t, filepath.WalkDir(dirs[0], func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dirs[0], name)
		require.NoError(t, err)
		one, err := os.ReadFile(name)
		require.NoError(t, err)
		other, err := os.ReadFile(filepath.Join(dirs[1], rel))
		require.NoError(t, err)
		require.Equal(t, string(one), string(other), rel)
		return nil
	}))
}

// What one stage calls another for is the other's, and nothing is counted twice.
func TestClockSplitsNestedStages(t *testing.T) {
	c := &clock{spent: map[string]time.Duration{}, stack: []string{"other"}}
	merged := c.trace("merge")
	evaluated := c.trace("evaluate")
	before := c.mark
	for c.mark-before < 20*time.Millisecond { // CPU time, so nothing is waited for
		c.lap()
	}
	evaluated()
	merged()
	c.lap()
	require.NoError(t, c.err)
	require.GreaterOrEqual(t, c.spent["evaluate"], 20*time.Millisecond)
	var sum time.Duration
	for _, d := range c.spent {
		sum += d
	}
	require.Equal(t, c.mark, sum)
}
