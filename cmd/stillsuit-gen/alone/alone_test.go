package alone

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"stillsuit.dev/generator/evaluate"
)

// root is the repository.
const root = "../../.."

// TestAlone renders each entry of the catalogue with nothing but a namespace and
// what needs says that it needs, of which no line can be left out.
func TestAlone(t *testing.T) {
	names := map[string]bool{}
	all, err := Entries(t.Context(), root)
	require.NoError(t, err)
	for _, s := range all {
		names[s.Name] = true
		if s.Kind != evaluate.KindChart || s.Cluster.Charts[s.Name].Outside == "" {
			require.NotEmpty(t, s.Rendering.Objects(), s.Name)
		}
		for i := range s.Needs {
			_, _, errors, err := s.render(t.Context(), root, slices.Delete(slices.Clone(s.Needs), i, i+1))
			require.NoError(t, err)
			require.NotEmpty(t, errors, "%s renders without %s", s.Name, s.Needs[i])
		}
	}
	require.GreaterOrEqual(t, len(names), 20)
	files, err := fs.Glob(os.DirFS("needs"), "*.cue")
	require.NoError(t, err)
	for _, f := range files {
		require.True(t, names[strings.TrimSuffix(f, ".cue")], "needs/%s is of no entry", f)
	}
}
