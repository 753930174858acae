package docs

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the pages")

// root is the repository.
const root = "../.."

// TestPages holds the generated pages against those in docs/. A page that
// nothing generates any longer is a difference too.
func TestPages(t *testing.T) {
	pages := schemaPages(t)
	maps.Copy(pages, cataloguePages(t))
	maps.Copy(pages, workspacesPage(t))
	require.Greater(t, len(pages), 10)
	if t.Failed() { // an entry is missing
		return
	}
	if *update {
		for _, name := range stray(t, root, pages) {
			require.NoError(t, os.Remove(filepath.Join(root, name)))
		}
		for name, text := range pages {
			name = filepath.Join(root, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
			require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
		}
	}
	require.Empty(t, stray(t, root, pages), "no definition or entry has these pages; `make golden` removes them")
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		b, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err, "`make golden` writes the page")
		require.Empty(t, difference(string(b), pages[name]), "%s is not what the schemas, the catalogue and the golden files say now: `make golden` writes it", name)
	}
}

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

// stray lists the files in docs/schema that are no page.
func stray(t *testing.T, root string, pages map[string]string) []string {
	t.Helper()
	names, err := fs.Glob(os.DirFS(root), schemaDocs+"/*")
	require.NoError(t, err)
	return slices.DeleteFunc(names, func(name string) bool { _, ok := pages[name]; return ok })
}

func TestAStrayPageIsNoticed(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, schemaDocs), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, schemaDocs, "gone.md"), nil, 0o644))
	require.Equal(t, []string{schemaDocs + "/gone.md"}, stray(t, dir, map[string]string{schemaDocs + "/app.md": ""}))
}
