package golden

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks/access"
	"stillsuit.dev/crash"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/generator/rights"
	"stillsuit.dev/generator/tree"
)

// TestMistakes renders each input in mistakes and compares every line that is
// said about it. Lines begin with the user's own place.
func TestMistakes(t *testing.T) {
	names := each(t, "mistakes", func(t *testing.T, name string, archive *txtar.Archive) {
		_, findings := load(t, archive)
		require.NotEmpty(t, findings)
		for _, f := range findings {
			require.NotEmpty(t, f.Place.File, f.String())
			require.NotZero(t, f.Place.Line, f.String())
		}
		compare(t, name, archive, []txtar.File{{Name: "want", Data: []byte(lines(findings))}})
	})
	require.Greater(t, len(names), 45)
}

// TestEveryCodeIsShown fails when a code of what is judged before a tree is written has
// no mistake that gives it.
func TestEveryCodeIsShown(t *testing.T) {
	shown := ""
	names, err := filepath.Glob("mistakes/*.txtar")
	require.NoError(t, err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		_, want, found := strings.Cut(string(data), "-- want --\n")
		require.True(t, found, name)
		shown += want
	}
	elsewhere := map[finding.Code]bool{} // their own tests show them
	for _, code := range slices.Concat(crash.Codes(), evaluate.Codes(), rights.Codes(), tree.Codes()) {
		elsewhere[code.Code] = true
	}
	for _, code := range slices.Concat(generator.Codes(), access.Checker().Codes) {
		if !elsewhere[code.Code] {
			require.Contains(t, shown, " ["+string(code.Code)+"]\n")
		}
	}
}
