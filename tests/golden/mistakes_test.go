package golden

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/render"
	"stillsuit.dev/generator/valid"
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

// TestEveryCodeIsShown fails when a code of the model or the renderer has no
// mistake that gives it.
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
	for _, code := range slices.Concat(model.Codes(), valid.Codes(), render.Codes()) {
		require.Contains(t, shown, " "+string(code.Code)+": ")
	}
}
