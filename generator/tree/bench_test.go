package tree

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// bigTree is a cluster of n apps in 40 namespaces, eight files an app.
func bigTree(n int, word string) []Tree {
	t := Tree{Owned: []string{"flux-system/turingpi"}}
	for i := range n {
		dir := fmt.Sprintf("flux-system/turingpi/ns%02d/app%04d/", i%40, i)
		for _, name := range []string{"ks.yaml", "app/deployment.yaml", "app/service.yaml", "app/networkpolicy.yaml",
			"app/kustomization.yaml", "app/pvc.yaml", "app/ingress.yaml", "app/serviceaccount.yaml"} {
			t.Files = append(t.Files, File{
				Path:    dir + name,
				Content: []byte(strings.Repeat(fmt.Sprintf("key%d: %s of %s\n", i, word, name), 40)),
				Sources: []string{"apps/immich/immich.cue", "clusters/turingpi/apps.cue"},
			})
		}
	}
	return []Tree{t}
}

// cpu returns the process's CPU time so far, in microseconds.
func cpu(tb testing.TB) float64 {
	tb.Helper()
	var u unix.Rusage
	require.NoError(tb, unix.Getrusage(unix.RUSAGE_SELF, &u))
	return float64(u.Utime.Sec+u.Stime.Sec)*1e6 + float64(u.Utime.Usec+u.Stime.Usec)
}

// BenchmarkWrite reports the CPU time for a file, in microseconds, of a first
// write, one that changes nothing, one that changes everything, and a check.
func BenchmarkWrite(b *testing.B) {
	trees, other := bigTree(1000, "one"), bigTree(1000, "two")
	files := float64(len(trees[0].Files))
	measure := func(b *testing.B, prepare, f func(root *os.Root)) {
		b.Helper()
		spent := 0.0
		for range b.N {
			b.StopTimer()
			root, err := os.OpenRoot(b.TempDir())
			require.NoError(b, err)
			prepare(root)
			b.StartTimer()
			before := cpu(b)
			f(root)
			spent += cpu(b) - before
			require.NoError(b, root.Close())
		}
		b.ReportMetric(spent/float64(b.N)/files, "cpu-us/file")
	}
	write := func(trees []Tree) func(*os.Root) {
		return func(root *os.Root) {
			_, fs, err := Write(root, trees, nil)
			require.NoError(b, err)
			require.Empty(b, fs)
		}
	}
	verify := func(root *os.Root) {
		fs, err := Verify(root, trees)
		require.NoError(b, err)
		require.Empty(b, fs)
	}
	b.Run("first", func(b *testing.B) { measure(b, func(*os.Root) {}, write(trees)) })
	b.Run("unchanged", func(b *testing.B) { measure(b, write(trees), write(trees)) })
	b.Run("all changed", func(b *testing.B) { measure(b, write(trees), write(other)) })
	b.Run("verify", func(b *testing.B) { measure(b, write(trees), verify) })
}
