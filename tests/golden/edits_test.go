package golden

import (
	"os"
	"path/filepath"
	"strings"
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
// other error is there. The codes for which no mistake has edits are listed in
// fixed-by-hand.txt.
func TestEdits(t *testing.T) {
	var mu sync.Mutex
	codes := map[finding.Code]bool{}
	t.Cleanup(func() {
		var rest strings.Builder
		for _, doc := range generator.Codes() {
			if !codes[doc.Code] {
				rest.WriteString(string(doc.Code) + "\n")
			}
		}
		if *update {
			require.NoError(t, os.WriteFile("fixed-by-hand.txt", []byte(rest.String()), 0o644))
		}
		listed, err := os.ReadFile("fixed-by-hand.txt")
		require.NoError(t, err)
		require.Equal(t, string(listed), rest.String())
	}) // after the parallel ones
	// The mistake that is fixed hides another one of the same archive.
	behind := map[string]finding.Code{"tunnel-config": "volume/same-path", "expose-unknown": "app/unknown"}
	each(t, "mistakes", func(t *testing.T, name string, archive *txtar.Archive) {
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
			require.True(t, f.Severity != finding.Error || was[key(f)] || behind[strings.TrimSuffix(filepath.Base(name), ".txtar")] == f.Code, "a new error: %s", f)
		}
	})
}
