package evaluate

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

var update = flag.Bool("update", false, "write the findings of each mistake into its file")

const header = `package turingpi

import "stillsuit.dev/schemas/v1alpha1"

cluster: v1alpha1.#Cluster & {name: "turingpi", nodes: node1: v1alpha1.#CM4_8GB}
apps: [_]: v1alpha1.#App
`

// repository writes files, by path, into a new directory beside the module file
// and the test schemas, and opens it. A file whose text is "-" is left out.
func repository(t testing.TB, files map[string]string) (*Repo, string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		p := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(text), 0o644))
	}
	if _, own := files[source.ModuleFile]; !own {
		write(source.ModuleFile, source.ModuleText)
		require.NoError(t, os.CopyFS(filepath.Join(dir, "schemas"), os.DirFS("testdata/schemas")))
	}
	for name, text := range files {
		if text != "-" {
			write(name, text)
		}
	}
	return open(t, dir, Options{}), dir
}

// open opens the repository in dir with the test schemas and catalogue.
func open(t testing.TB, dir string, opts Options) *Repo {
	t.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { root.Close() })
	opts.Schemas, opts.Catalogue = os.DirFS("testdata/schemas"), os.DirFS("testdata/apps")
	r, err := Open(root, opts)
	require.NoError(t, err)
	return r
}

func text(fs []finding.Finding) string {
	var b strings.Builder
	for _, f := range fs {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

// TestMistakes gives each repository in testdata/mistakes to the evaluator and
// compares what it says with the file's section "want". The comment of a file
// may name a catalogue entry to ask for: "catalogue: app immich".
func TestMistakes(t *testing.T) {
	names, err := filepath.Glob("testdata/mistakes/*.txtar")
	require.NoError(t, err)
	require.Greater(t, len(names), 25)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			require.NoError(t, err)
			files, want := map[string]string{}, ""
			for _, f := range archive.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				body := string(f.Data)
				if rest, ok := strings.CutPrefix(body, "package turingpi\n\n...\n"); ok {
					body = header + rest
				}
				files[f.Name] = body
			}
			r, _ := repository(t, files)
			cluster, entry := "turingpi", ""
			for line := range strings.Lines(string(archive.Comment)) {
				if rest, ok := strings.CutPrefix(line, "cluster: "); ok {
					cluster = strings.TrimSpace(rest)
				}
				if rest, ok := strings.CutPrefix(line, "catalogue: "); ok {
					entry = strings.TrimSpace(rest)
				}
			}
			c, fs, err := r.Cluster(t.Context(), cluster)
			require.NoError(t, err)
			if entry != "" {
				require.Empty(t, fs)
				kind, name, _ := strings.Cut(entry, " ")
				_, fs, err = c.Catalogue(kind, name, "photos")
				require.NoError(t, err)
			}
			require.NotEmpty(t, fs)
			got := text(fs)
			require.NotContains(t, got, "/"+source.RepoMount+"/")
			if *update {
				archive.Files = append(archive.Files[:len(archive.Files):len(archive.Files)], txtar.File{Name: "want", Data: []byte(got)})
				for i, f := range archive.Files[:len(archive.Files)-1] {
					if f.Name == "want" {
						archive.Files = append(archive.Files[:i], archive.Files[i+1:]...)
					}
				}
				require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o644))
				return
			}
			require.Equal(t, want, got)
		})
	}
}
