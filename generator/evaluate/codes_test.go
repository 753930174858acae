package evaluate

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCodes compares the codes that the package's source names with those that
// are documented, and checks that a mistake in testdata shows each.
func TestCodes(t *testing.T) {
	quoted := regexp.MustCompile(`"(cue/[a-z-]+)"`)
	used := map[string]bool{}
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	inner, err := filepath.Glob("internal/*/*.go")
	require.NoError(t, err)
	for _, name := range append(sources, inner...) {
		if strings.HasSuffix(name, "_test.go") || filepath.Base(name) == "codes.go" {
			continue
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, m := range quoted.FindAllStringSubmatch(string(data), -1) {
			used[m[1]] = true
		}
	}
	documented := map[string]bool{}
	for _, c := range Codes() {
		code := string(c.Code)
		require.NotEmpty(t, c.Title, c.Code)
		require.NotEmpty(t, c.Text, c.Code)
		require.False(t, documented[code], code)
		documented[code] = true
	}
	require.Equal(t, slices.Sorted(maps.Keys(used)), slices.Sorted(maps.Keys(documented)))

	shown := ""
	mistakes, err := filepath.Glob("testdata/mistakes/*.txtar")
	require.NoError(t, err)
	for _, name := range mistakes {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		shown += string(data)
	}
	for code := range documented {
		// These have tests of their own: links, runaways, and what has no words yet.
		if code != "cue/unreadable" && code != "cue/budget" && code != "cue/other" {
			require.Contains(t, shown, " ["+code+"]\n")
		}
	}
}
