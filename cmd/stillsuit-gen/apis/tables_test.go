package apis

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// TestTables is about the rules by which a kind's life is decided, on two releases.
func TestTables(t *testing.T) {
	tree := func(older, newer string) fstest.MapFS {
		return fstest.MapFS{
			"seen/1.28.txt":      {Data: []byte("# clients\n" + older)},
			"seen/1.29.txt":      {Data: []byte("# discovery\napps/v1 things Thing N on create,patch thing\napps/v1 things/status - N on get -\n")},
			"seen/1.30.txt":      {Data: []byte("# discovery\n" + newer)},
			"seen/lifecycle.txt": {Data: []byte("# types\napps/v1beta1 Old 8 20 25 apps/v1,Thing\n")},
			"guide.txt":          {Data: []byte("apps/v1beta1 Old|rename it\n")},
			"virtual.txt":        {Data: []byte("- nodes/metrics get here\n")},
		}
	}
	out, err := Tables(tree("apps/v1beta1 olds Old - - - -\napps/v1alpha1 olds Old - - - -\n", "apps/v1 things Thing N on create,patch thing\napps/v2 news New C off get -\n"))
	require.NoError(t, err)
	kinds := out["kinds.txt"]
	for _, row := range []string{
		"apps/v1|Thing|things|N|0|0|0|on|yes||1.29-1.30|\n",
		"apps/v2|New|news|C|30|0|0|off|no||1.30-1.30|\n",
		"apps/v1beta1|Old|olds|-|8|20|25|on|yes|apps/v1 Thing|1.28-1.28 lifecycle|rename it\n",
		"apps/v1alpha1|Old|olds|-|28|0|~29|off|yes||1.28-1.28|\n",
	} {
		if strings.Contains(row, "lifecycle") {
			row = strings.Replace(row, "1.28-1.28 lifecycle", "lifecycle 1.28-1.28", 1)
		}
		require.Contains(t, kinds, row)
	}
	require.Contains(t, out["resources.txt"], "apps|things/status||get||1.29-1.29\n")
	require.Contains(t, out["resources.txt"], "|nodes/metrics||get||here\n")

	_, err = Tables(tree("", "apps/v1 things Thing N off create,patch thing\n"))
	require.ErrorContains(t, err, "apps/v1 Thing is off in 1.30, and was on before")
}

// TestCommitted wants the committed tables to be what the committed files say.
func TestCommitted(t *testing.T) {
	out, err := Tables(os.DirFS("."))
	require.NoError(t, err)
	for name, text := range out {
		have, err := os.ReadFile("../../../generator/apis/" + name)
		require.NoError(t, err)
		require.Equal(t, text, string(have), "%s: run `go run ./cmd/stillsuit-gen`", name)
	}
}
