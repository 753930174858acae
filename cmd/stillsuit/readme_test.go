package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// shown is what a page shows of a run: from its command to what ends it.
func shown(t *testing.T, page, command, end string) string {
	t.Helper()
	b, err := os.ReadFile("../../" + page)
	require.NoError(t, err)
	_, after, found := strings.Cut(string(b), "\n"+command)
	require.True(t, found, command)
	out, _, found := strings.Cut(after, end)
	require.True(t, found, command)
	return out
}

// copyOf is a copy of directories of this repository.
func copyOf(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		require.NoError(t, os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join("../..", name))))
	}
	return dir
}

// What CONTRIBUTING shows of `make render` is what that says of this repository.
func TestRenderInCONTRIBUTING(t *testing.T) {
	dir := copyOf(t, "apps", "clusters", "cue.mod", "flux-system", "schemas")
	for _, name := range []string{".sops.yaml", "images.lock.json"} {
		b, err := os.ReadFile(filepath.Join("../..", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	var out, said bytes.Buffer
	require.Equal(t, exitClean, run([]string{"render", "-C", dir}, nil, &out, &said), said.String())
	require.Equal(t, out.String(), shown(t, "CONTRIBUTING.md", "go run ./cmd/stillsuit render\n", "```\n"))
}

// What README shows of a report is how that one starts.
func TestFitInREADME(t *testing.T) {
	whole, err := os.ReadFile("../../tests/golden/fit/turingpi.txt")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(whole), shown(t, "README.md", "$ stillsuit fit turingpi\n", "…\n```\n")), "copy it from tests/golden/fit/turingpi.txt")
}

// What README shows of a mistake is what the command says of it.
func TestMistakeInREADME(t *testing.T) {
	dir := copyOf(t, "apps", "clusters", "cue.mod", "schemas")
	file := filepath.Join(dir, "clusters/turingpi/home.cue")
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, bytes.Replace(b, []byte("importance: \"high\""), []byte("importence: \"high\""), 1), 0o600))
	var out, said bytes.Buffer
	require.Equal(t, exitFindings, run([]string{"render", "-C", dir, "turingpi"}, nil, &out, &said), said.String())
	require.Equal(t, out.String(), shown(t, "README.md", "$ stillsuit render\n", "```\n"))
}
