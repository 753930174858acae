package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// difference is the first line in which two pages differ, as both have it.
func difference(old, now string) string {
	was, is := strings.Split(old, "\n"), strings.Split(now, "\n")
	for i := range max(len(was), len(is)) {
		if line := [2]string{at(was, i), at(is, i)}; line[0] != line[1] {
			return fmt.Sprintf("line %d\n- %s\n+ %s", i+1, line[0], line[1])
		}
	}
	return ""
}

// at is a line of a page, or that there is none.
func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(the end)"
}

func TestDifference(t *testing.T) {
	require.Empty(t, difference("a\nb\n", "a\nb\n"))
	require.Equal(t, "line 2\n- b\n+ c", difference("a\nb\n", "a\nc\n"))
	require.Equal(t, "line 3\n- \n+ (the end)", difference("a\nb\n", "a\nb"))
}

// root is the repository.
const root = "../.."

// TestFilesAreAsTheyAreMade holds what is committed against what would be made.
func TestFilesAreAsTheyAreMade(t *testing.T) {
	files, err := generate(t.Context(), root)
	require.NoError(t, err)
	require.Greater(t, len(files), 100)
	names, err := differing(root, files)
	require.NoError(t, err)
	for _, name := range names {
		b, _ := os.ReadFile(filepath.Join(root, name))
		t.Errorf("%s is not what would be made now: `make golden` writes it: %s", name, difference(string(b), files[name]))
	}
}

// TestUpdate wants a file that differs, one that is missing and one that nothing makes
// noticed, and mended.
func TestUpdate(t *testing.T) {
	files, err := workspacesPage(t.Context(), root)
	require.NoError(t, err)
	files[schemaDocs+"/app.md"], files[libraryDir+"/seccomp/native.yaml"] = "app", "native"
	dir := t.TempDir()
	for name, text := range map[string]string{
		schemaDocs + "/app.md": "app", schemaDocs + "/gone.md": "", libraryDir + "/gone/native.yaml": "", libraryDir + "/gone/policy.yaml": "by hand",
		"docs/workspaces.md": "edited",
	} {
		require.NoError(t, write(dir, name, text))
	}
	want := []string{schemaDocs + "/gone.md", "docs/workspaces.md", libraryDir + "/gone/native.yaml", libraryDir + "/seccomp/native.yaml"}
	names, err := differing(dir, files)
	require.NoError(t, err)
	require.Equal(t, want, names)
	require.NoError(t, settle(dir, files, names))
	names, err = differing(dir, files)
	require.NoError(t, err)
	require.Empty(t, names)
	require.FileExists(t, filepath.Join(dir, libraryDir, "gone/policy.yaml"))
}

// TestRunNamesWhatCannotBeDone outside of a repository.
func TestRunNamesWhatCannotBeDone(t *testing.T) {
	var out, failed bytes.Buffer
	require.Equal(t, 2, run(t.Context(), t.TempDir(), &out, &failed))
	require.Empty(t, out.String())
	require.Contains(t, failed.String(), "no such file")
}
