package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fitted is what `stillsuit fit` says of this repository, and how it exits.
func fitted(t *testing.T, args ...string) (string, int) {
	t.Helper()
	var out, err bytes.Buffer
	code := run(append([]string{"fit", "-C", "../.."}, args...), nil, &out, &err)
	require.Empty(t, err.String())
	return out.String(), code
}

// TestFitOfTheReferenceClusters holds the reports against tests/golden/fit.
func TestFitOfTheReferenceClusters(t *testing.T) {
	for _, cluster := range []string{"arrakeen", "turingpi"} {
		file := filepath.Join("../../tests/golden/fit", cluster+".txt")
		got, code := fitted(t, cluster)
		require.Equal(t, exitClean, code, got)
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
		}
		want, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, string(want), got)
	}
}

// The report as JSON is as published, whatever it holds.
func TestFitAsJSON(t *testing.T) {
	const file = "fit.schema.json"
	text, _ := fitted(t, "-o", "json")
	require.NoError(t, schema(t, file, text))
	short, code := fitted(t, "turingpi", "-o", "json", "--orders", "20", "--without", "node4", "--suggest")
	require.Equal(t, exitFindings, code)
	require.NoError(t, schema(t, file, short))
	require.Contains(t, short, `"change": "place StatefulSet openclaw on node node2"`)

	// The schema would notice.
	for from, to := range map[string]string{
		`"version": 1`: `"version": 2`, `"packing": "exists"`: `"packing": "maybe"`, `"alerting": "yes"`: `"alerting": true`, `"hangs"`: `"hang"`,
		`"cluster": "turingpi"`: `"cluster": ""`, `"capacity"`: `"size"`, `"what": "board`: `"what": 1, "or": "board`,
	} {
		require.Contains(t, text, from)
		require.Error(t, schema(t, file, strings.Replace(text, from, to, 1)), to)
	}
}
