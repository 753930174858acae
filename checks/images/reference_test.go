package images_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/image"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/library"
)

// Every image that the reference clusters run is locked, with the user that it names, and
// says who says so. An app whose image does not exist yet names none, and is off.
func TestReferenceClustersAreLocked(t *testing.T) {
	repo, err := generator.Open("../..", &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer func() { require.NoError(t, repo.Close()) }()
	var unpinned []string
	for _, name := range []string{"arrakeen", "turingpi"} {
		cluster, _, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		rendering, _, err := generator.Render(cluster)
		require.NoError(t, err)
		pods, err := inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source).PodTemplates()
		require.NoError(t, err)
		for _, pod := range pods {
			for _, container := range pod.Containers() {
				ref, err := image.Parse(container.Image)
				require.NoError(t, err)
				known, ok := repo.Lock().Of(ref)
				require.True(t, ok, container.Image)
				require.Len(t, known.Users, len(known.Platforms), container.Image)
				if known.Digest == "" {
					unpinned = append(unpinned, ref.Tagged())
				}
			}
		}
		for app, declared := range cluster.Apps {
			for container, c := range declared.Containers {
				require.True(t, c.Image != "" || declared.Off != "", "%s: container %s of %s has no image", name, container, app)
			}
		}
	}
	require.Equal(t, []string{"ghcr.io/speaches-ai/speaches:0.8.3-cuda-12.6.3", "docker.io/penpotapp/mcp:2.17.1"}, unpinned)
	for ref, known := range repo.Lock().Images {
		require.Contains(t, []lock.Provenance{lock.Declared, lock.Registry}, known.Provenance)
		require.NotEmpty(t, known.Evidence, ref)
	}
}
