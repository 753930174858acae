package evaluate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

// An import that is not used is removed by the finding's edits, and the finding is gone.
func TestEditsOfAnUnusedImport(t *testing.T) {
	const file = "clusters/turingpi/apps.cue"
	unused := func(source string) (edits []finding.Edit, found bool) {
		r, _ := repository(t, map[string]string{file: source})
		_, fs, err := r.Cluster(t.Context(), "turingpi")
		require.NoError(t, err)
		for _, f := range fs {
			if f.Code == "cue/unused-import" {
				return f.Edits, true
			}
		}
		return nil, false
	}
	for _, imports := range []string{
		"import \"strings\"\n", "import s \"strings\"\n", "import (\n\t\"strings\"\n)\n", "import (\n\t\"strings\"\n\t\"list\"\n)\n", "import \"strings\"\r\n",
	} {
		source := "package turingpi\n\n" + imports + "\nx: list: 1\ncluster: name: \"x\"\n"
		if strings.Contains(imports, "list") {
			source = strings.Replace(source, "x: list: 1", "_x: list.Max([1])", 1)
		}
		edits, found := unused(source)
		require.True(t, found, imports)
		require.Len(t, edits, 1, imports)
		mended := apply(t, source, edits[0])
		require.NotContains(t, mended, "strings")
		require.Len(t, strings.Split(mended, "\n"), len(strings.Split(source, "\n"))-1)
		_, found = unused(mended)
		require.False(t, found, mended)
	}
	// Where the line holds more, it is not removed.
	edits, found := unused("package turingpi\n\nimport \"strings\" // why\n\ncluster: name: \"x\"\n")
	require.True(t, found)
	require.Empty(t, edits)
}

// apply makes an edit, by lines and bytes.
func apply(t *testing.T, source string, e finding.Edit) string {
	t.Helper()
	offset := func(p finding.Place) int {
		lines := strings.SplitAfter(source, "\n")
		return len(strings.Join(lines[:p.Line-1], "")) + p.Column - 1
	}
	require.Equal(t, e.From.File, e.To.File)
	require.LessOrEqual(t, offset(e.From), offset(e.To))
	return source[:offset(e.From)] + e.NewText + source[offset(e.To):]
}
