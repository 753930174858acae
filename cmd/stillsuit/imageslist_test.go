package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// listed is what `stillsuit images list` says of this repository.
func listed(t *testing.T, args ...string) string {
	t.Helper()
	var out, err bytes.Buffer
	require.Equal(t, exitClean, run(append([]string{"images", "list", "-C", "../.."}, args...), nil, &out, &err), err.String())
	require.Empty(t, err.String())
	return out.String()
}

// TestImagesOfTheReferenceClusters holds the lists against tests/golden/images.
func TestImagesOfTheReferenceClusters(t *testing.T) {
	for _, cluster := range []string{"arrakeen", "turingpi"} {
		file := filepath.Join("../../tests/golden/images", cluster+".txt")
		got := listed(t, cluster)
		golden(t, file, got)
	}
}

// The list as JSON has every image of the lock, and is as published.
func TestImagesAsJSON(t *testing.T) {
	const file = "images.schema.json"
	text := listed(t, "-o", "json")
	require.NoError(t, schema(t, file, text))
	var list jsonImages
	require.NoError(t, json.Unmarshal([]byte(text), &list))
	require.Len(t, list.Images, strings.Count(listed(t), "\n")-1, "the text has a head")

	// The schema would notice.
	for from, to := range map[string]string{
		`"version": 1`: `"version": 2`, `"uses": []`: `"uses": null`, `"declared"`: `"guessed"`, `"image": "docker.io/`: `"image": "@docker.io/`,
		`"sha256:`: `"sha512:`, `"nodes"`: `"node"`, `"by": "`: `"by": 1, "in": "`, `"platform": "linux/386"`: `"platform": ""`,
	} {
		require.Contains(t, text, from)
		require.Error(t, schema(t, file, strings.Replace(text, from, to, 1)), to)
	}
}
