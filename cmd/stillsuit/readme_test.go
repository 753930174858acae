package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the README shows of `make render` is what it says of this repository.
func TestRenderInREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, name := range []string{"apps", "clusters", "cue.mod", "flux-system", "schemas"} {
		require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("../..", name))))
	}
	for _, name := range []string{".sops.yaml", "images.lock.json"} {
		b, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	var out, said bytes.Buffer
	require.Equal(t, exitClean, run([]string{"render", "-C", dir}, nil, &out, &said), said.String())
	require.Contains(t, string(readme), "\ngo run ./cmd/stillsuit render\n"+out.String()+"```\n")
}
