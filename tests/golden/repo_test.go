package golden

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks/access"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/library"
)

var update = flag.Bool("update", false, "write what came out into each file")

// load lays the files of an archive over base in a new directory and renders
// the cluster there, with its own library of policies if it has one. The rendering is nil when findings leave nothing to render.
func load(t *testing.T, archive *txtar.Archive) (*generator.Rendering, []finding.Finding) {
	t.Helper()
	_, rendering, findings := loaded(t, open(t, archive.Files))
	return rendering, findings
}

// open lays files over base in a new directory, with their own library of policies if
// they have one.
func open(t *testing.T, files []txtar.File) *generator.Repo {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("base")))
	if !slices.ContainsFunc(files, func(f txtar.File) bool {
		return !strings.HasPrefix(f.Name, "want") && (strings.Contains(string(f.Data), "keys.sops.yaml") || strings.Contains(string(f.Data), "key.sops.yaml"))
	}) {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "clusters", "demo", "secrets"))) // nothing reads it
	}
	for _, f := range files {
		if strings.HasPrefix(f.Name, "want") {
			continue
		}
		name := filepath.Join(dir, filepath.FromSlash(f.Name))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o644))
	}
	options := &generator.Options{Library: library.FS}
	if own := filepath.Join(dir, "library"); exists(own) {
		options.Library = os.DirFS(own)
	}
	repo, err := generator.Open(dir, options)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	return repo
}

// loaded renders the one cluster of a repository, and judges it as the command does before
// it writes. Both are nil when findings leave
// nothing to render.
func loaded(t *testing.T, repo *generator.Repo) (*generator.Cluster, *generator.Rendering, []finding.Finding) {
	t.Helper()
	clusters, err := repo.Clusters()
	require.NoError(t, err)
	require.Len(t, clusters, 1)
	cluster, findings, err := generator.Load(t.Context(), repo, clusters[0])
	require.NoError(t, err)
	if cluster == nil {
		return nil, nil, findings
	}
	rendering, more, err := generator.Render(cluster)
	require.NoError(t, err)
	judged, err := access.Judge(inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source))
	require.NoError(t, err)
	return cluster, rendering, finding.Sort(slices.Concat(findings, more, judged))
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// lines writes findings as the command line does.
func lines(findings []finding.Finding) string {
	var b strings.Builder
	for _, f := range findings {
		b.WriteString(f.String() + "\n")
	}
	return b.String()
}

// compare holds the sections that came out against those of the file, or
// writes them into it.
func compare(t *testing.T, name string, archive *txtar.Archive, got []txtar.File) {
	t.Helper()
	var input, want []txtar.File
	for _, f := range archive.Files {
		if strings.HasPrefix(f.Name, "want") {
			want = append(want, f)
		} else {
			input = append(input, f)
		}
	}
	if *update {
		updated := &txtar.Archive{Comment: archive.Comment, Files: slices.Concat(input, got)}
		require.NoError(t, os.WriteFile(name, txtar.Format(updated), 0o644))
		return
	}
	require.Equal(t, string(txtar.Format(&txtar.Archive{Files: want})), string(txtar.Format(&txtar.Archive{Files: got})))
}

// each runs a test for every txtar file of a directory.
func each(t *testing.T, dir string, run func(t *testing.T, name string, archive *txtar.Archive)) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	require.NoError(t, err)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			require.NoError(t, err)
			run(t, name, archive)
		})
	}
	return names
}
