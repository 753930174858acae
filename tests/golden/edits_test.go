package golden

import (
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/finding"
	"stillsuit.dev/fix"
	"stillsuit.dev/generator"
	"stillsuit.dev/policies/library"
)

// TestEdits makes the edits of every mistake that has some: the findings are gone, and no
// other error is there.
func TestEdits(t *testing.T) {
	var mu sync.Mutex
	codes := map[finding.Code]bool{}
	t.Cleanup(func() { require.Greater(t, len(codes), 10, codes) }) // after the parallel ones
	each(t, "mistakes", func(t *testing.T, _ string, archive *txtar.Archive) {
		repo := open(t, archive.Files)
		_, _, before := loaded(t, repo)
		root, err := os.OpenRoot(repo.Dir())
		require.NoError(t, err)
		defer root.Close()
		plan, err := fix.Make(root, before, &fix.Options{Check: generator.CheckSyntax})
		require.NoError(t, err)
		require.Empty(t, plan.Skipped)
		if len(plan.Fixed) == 0 {
			return
		}
		require.NoError(t, plan.Write(root))
		again, err := generator.Open(repo.Dir(), &generator.Options{Library: library.FS})
		require.NoError(t, err)
		defer again.Close()
		_, _, after := loaded(t, again)
		key := func(f finding.Finding) string { return f.Place.File + string(f.Code) + f.Problem } // columns move
		was := map[string]bool{}
		for _, f := range before {
			was[key(f)] = true
		}
		for _, f := range plan.Fixed {
			mu.Lock()
			codes[f.Code] = true
			mu.Unlock()
			for _, left := range after {
				require.NotEqual(t, key(f), key(left))
			}
		}
		for _, f := range after {
			require.True(t, f.Severity != finding.Error || was[key(f)], "a new error: %s", f)
		}
	})
}
