package generator_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/library"
)

// shuffles is how many orders are tried.
const shuffles = 16

// TestOrder makes the pieces of each cluster of this repository in other orders, and gets
// the same bytes and findings.
func TestOrder(t *testing.T) {
	repo, err := generator.Open("..", &generator.Options{Library: library.FS})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	clusters, err := repo.Clusters()
	require.NoError(t, err)
	for _, name := range clusters {
		cluster, findings, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		require.NotNil(t, cluster, findings)
		in := scope.Inputs{Lock: repo.Lock(), Files: os.DirFS(".."), Dir: "clusters/" + name}
		in.Library, err = policy.Read(library.FS)
		require.NoError(t, err)
		pieces := 0
		require.True(t, same(func(shuffle func(int, func(i, j int))) string {
			set, found, err := generator.ObjectsIn(cluster.Desired, in, func(n int, swap func(i, j int)) {
				pieces = n
				shuffle(n, swap)
			})
			require.NoError(t, err)
			return text(t, set) + fmt.Sprint(found)
		}), name)
		require.Greater(t, pieces, 1)
	}
}

// A piece that looks at what was made before it would be noticed.
func TestOrderNoticesWhatDependsOnIt(t *testing.T) {
	require.False(t, same(func(shuffle func(int, func(i, j int))) string {
		pieces, out := []string{"a", "b", "c"}, ""
		shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		for _, p := range pieces {
			out += p
		}
		return out
	}))
}

// same reports whether something is the same in every order.
func same(in func(shuffle func(n int, swap func(i, j int))) string) bool {
	first := in(func(int, func(i, j int)) {})
	for seed := range uint64(shuffles) {
		if in(rand.New(rand.NewPCG(seed, 0)).Shuffle) != first {
			return false
		}
	}
	return true
}

// text is everything that is rendered.
func text(t *testing.T, set *manifest.Set) string {
	t.Helper()
	var b bytes.Buffer
	for _, u := range set.Units {
		fmt.Fprintln(&b, u.Name, u.Dir, u.Origin, u.After)
		for _, o := range append(u.Objects, u.Flux) {
			fmt.Fprintln(&b, o.ID, o.Origin, o.Raw, o.Source)
			require.NoError(t, o.WriteYAML(&b))
		}
	}
	bootstrap, err := manifest.Marshal(set.Bootstrap)
	require.NoError(t, err)
	b.Write(bootstrap)
	fmt.Fprint(&b, set.SOPS)
	return b.String()
}
