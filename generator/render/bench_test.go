package render_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/render"
	"stillsuit.dev/policies/library"
)

// BenchmarkCluster renders turingpi, which is loaded.
func BenchmarkCluster(b *testing.B) {
	repo, err := generator.Open("../..", &generator.Options{Library: library.FS})
	require.NoError(b, err)
	defer func() { require.NoError(b, repo.Close()) }()
	cluster, _, err := generator.Load(b.Context(), repo, "turingpi")
	require.NoError(b, err)
	in := render.Inputs{Lock: repo.Lock(), Files: os.DirFS("../.."), Dir: "clusters/turingpi"}
	in.Library, err = render.Library(library.FS)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _, err := render.Cluster(cluster.Desired, in)
		require.NoError(b, err)
	}
}
