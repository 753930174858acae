package generator

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/tree"
)

// canary is what lies outside of the repository, where no name may lead.
const canary = "canary-9b1d44"

// hostileRepository makes a repository beside canaries, with links that lead to
// them. The parent of the repository is what must stay as it is.
func hostileRepository(t *testing.T) (top string, repo *os.Root) {
	t.Helper()
	top = t.TempDir()
	dir := filepath.Join(top, "repo")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "clusters", "attic", "secrets"), 0o755))
	for _, name := range []string{"canary", "secrets/canary", "s.yaml"} {
		full := filepath.Join(top, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(t, os.WriteFile(full, []byte(canary), 0o644))
	}
	require.NoError(t, os.Symlink(top, filepath.Join(dir, "clusters", "attic", "link")))
	repo, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	return top, repo
}

// outside lists what lies beside the repository.
func outside(t *testing.T, top string) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && name == filepath.Join(top, "repo") {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		found[name] = string(data)
		return err
	}))
	return found
}

// made is what came of a hostile cluster.
type made struct {
	tree   tree.Tree
	failed bool // there were findings of severity Error, so Write is never called
}

// renderHostile goes the way of Load and Render, but on past every finding.
func renderHostile(t *testing.T, files fs.FS, place int, name string) made {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Fatalf("%s %q: panic: %v", hostilePlaces[place].name, name, p)
		}
	}()
	desired, findings, err := model.Load(hostileCluster(place, name))
	require.NoError(t, err)
	if hostilePlaces[place].name == "sealed name" {
		quoted, err := json.Marshal(name)
		require.NoError(t, err)
		files = fstest.MapFS{"clusters/attic/secrets/s.sops.yaml": {Data: []byte(`{"apiVersion": "v1", "kind": "Secret",
"metadata": {"name": ` + string(quoted) + `, "namespace": "home"}, "data": {"k": "ENC[x]"}, "sops": {"mac": "x"}}`)}}
	}
	c := &Cluster{Desired: desired, name: "attic", files: files, trace: func(string) func() { return func() {} }}
	rendering, more, err := Render(c)
	require.NoError(t, err)
	m := made{tree: rendering.Tree}
	for _, f := range append(findings, more...) {
		m.failed = m.failed || f.Severity == finding.Error
	}
	return m
}

// TestHostileNames is RELIABILITY row 1 through the whole pipeline: 10 000
// names, as an app and in one other place each. Nothing outside is read or
// written, and nothing panics; not even when the findings are passed over.
func TestHostileNames(t *testing.T) {
	top, repo := hostileRepository(t)
	before := outside(t, top)
	require.Len(t, before, 3)
	random := rand.New(rand.NewPCG(1, 2))
	refused, passed, leaving := 0, map[string]tree.File{}, 0
	for i := range 10_000 {
		name := hostileName(random)
		for _, place := range []int{0, 1 + i%(len(hostilePlaces)-1)} {
			m := renderHostile(t, repo.FS(), place, name)
			local := true
			for _, f := range m.tree.Files {
				require.NotContains(t, string(f.Content), canary, "%s %q", hostilePlaces[place].name, name)
				local = local && filepath.IsLocal(filepath.FromSlash(f.Path))
				if !m.failed {
					passed[f.Path] = f
				}
			}
			if m.failed {
				refused++
			} else {
				require.True(t, local, "%s %q", hostilePlaces[place].name, name)
			}
			if !local { // the guard behind the guard
				leaving++
				_, findings, err := tree.Write(repo, []tree.Tree{m.tree}, nil)
				require.NoError(t, err)
				require.NotEmpty(t, findings, "%s %q", hostilePlaces[place].name, name)
			}
		}
	}
	require.Greater(t, refused, 10_000)
	require.Greater(t, leaving, 100) // or nothing has been tried
	require.Greater(t, len(passed), 100)
	t.Logf("%d refused, %d trees would have left the repository, %d files passed", refused, leaving, len(passed))

	var all tree.Tree
	for _, f := range passed {
		all.Files = append(all.Files, f)
	}
	_, _, err := tree.Write(repo, []tree.Tree{all}, nil) // findings, when two are one file on macOS
	require.NoError(t, err)
	require.Equal(t, before, outside(t, top))
}

// TestHostileNamesNotices shows that TestHostileNames would see a writer that
// joins paths, and a reader that follows links.
func TestHostileNamesNotices(t *testing.T) {
	top, repo := hostileRepository(t)
	before := outside(t, top)
	m := renderHostile(t, repo.FS(), 0, "../../../../escaped")
	require.True(t, m.failed)
	for _, f := range m.tree.Files {
		name := filepath.Join(top, "repo", filepath.FromSlash(f.Path))
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Content, 0o644))
	}
	require.NotEqual(t, before, outside(t, top))

	file := slices.IndexFunc(hostilePlaces, func(p hostilePlace) bool { return p.name == "file" })
	reads := func(files fs.FS) bool {
		return slices.ContainsFunc(renderHostile(t, files, file, "link/canary").tree.Files, func(f tree.File) bool {
			return strings.Contains(string(f.Content), canary)
		})
	}
	require.False(t, reads(repo.FS()))
	require.True(t, reads(os.DirFS(filepath.Join(top, "repo"))))
}
