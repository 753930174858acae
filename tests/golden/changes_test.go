package golden

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks/change"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/inventory"
)

// was is the directory of an archive with what the base has in the place of the files
// of the same name.
const was = "was/"

// TestChanges compares each input in changes with its base, and every line that is said
// about it. Lines begin with the user's own place.
func TestChanges(t *testing.T) {
	names := each(t, "changes", func(t *testing.T, name string, archive *txtar.Archive) {
		var before, after []txtar.File
		for _, f := range archive.Files {
			if base, of := strings.CutPrefix(f.Name, was); of {
				before = append(before, txtar.File{Name: base, Data: f.Data})
			} else {
				after = append(after, f)
			}
		}
		found, err := change.Compare(subject(t, open(t, before)), subject(t, open(t, after)))
		require.NoError(t, err)
		for _, f := range found {
			require.NotZero(t, f.Place.Line, f.String())
		}
		compare(t, name, archive, []txtar.File{{Name: "want", Data: []byte(lines(found))}})
	})
	require.NotEmpty(t, names)
}

// TestEveryChangeIsShown fails when a code of a change has no input that gives it.
func TestEveryChangeIsShown(t *testing.T) {
	names, err := filepath.Glob("changes/*.txtar")
	require.NoError(t, err)
	shown := ""
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		shown += string(archive.Files[len(archive.Files)-1].Data)
	}
	for _, code := range change.Codes() {
		require.Contains(t, shown, " ["+string(code.Code)+"]\n")
	}
}

// subject is the one cluster of a repository, which is rendered without errors.
func subject(t *testing.T, repo *generator.Repo) *inventory.Subject {
	t.Helper()
	cluster, rendering, findings := loaded(t, repo)
	for _, f := range findings {
		require.NotEqual(t, finding.Error, f.Severity, f.String())
	}
	require.NotNil(t, rendering)
	return inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source)
}
