package generator_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/policies/library"
)

// BenchmarkCluster renders turingpi, which is loaded.
func BenchmarkCluster(b *testing.B) {
	repo, err := generator.Open("..", &generator.Options{Library: library.FS})
	require.NoError(b, err)
	defer func() { require.NoError(b, repo.Close()) }()
	cluster, _, err := generator.Load(b.Context(), repo, "turingpi")
	require.NoError(b, err)
	in := scope.Inputs{Lock: repo.Lock(), Files: os.DirFS(".."), Dir: "clusters/turingpi"}
	in.Library, err = policy.Read(library.FS)
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _, err := generator.ObjectsIn(cluster.Desired, in, func(int, func(i, j int)) {})
		require.NoError(b, err)
	}
}
