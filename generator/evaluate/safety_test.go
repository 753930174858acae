package evaluate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/evaluate/internal/source"
)

const canary = "canary-outside-the-repository"

// sentinel makes a directory outside the repository whose every file holds the
// canary as valid CUE, JSON and text.
func sentinel(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range map[string]string{
		"apps.cue":           "package turingpi\n\ncluster: name: \"" + canary + "\"\n",
		"immich.cue":         "package immich\n\napp: namespace: \"" + canary + "\"\n",
		"data.json":          "{\"name\": \"" + canary + "\"}\n",
		"cue.mod/module.cue": source.ModuleText,
		"clusters/x/x.cue":   "package x\n\ncluster: name: \"" + canary + "\"\n",
	} {
		p := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(p), 0o755))
		require.NoError(t, os.WriteFile(p, []byte(body), 0o644))
	}
	return dir
}

// everything returns all that a repository says: JSON, findings and errors.
func everything(t *testing.T, r *Repo, names ...string) string {
	t.Helper()
	var b strings.Builder
	for _, name := range names {
		c, fs, err := r.Cluster(t.Context(), name)
		fmt.Fprintln(&b, text(fs), err)
		if c == nil {
			continue
		}
		fmt.Fprintf(&b, "%s %v\n", c.Object(), c.sections)
		e, fs, err := c.Catalogue(KindApp, "immich", "x")
		fmt.Fprintln(&b, text(fs), err)
		if e != nil {
			fmt.Fprintf(&b, "%s\n", e.JSON())
		}
	}
	return b.String()
}

// TestSymlinks gives the evaluator links of many shapes that lead out of the
// repository: it reads nothing through any of them, and says so.
func TestSymlinks(t *testing.T) {
	good := "package turingpi\n\ncluster: name: \"x\"\n"
	embed := "@extern(embed)\n\npackage turingpi\n\ncluster: name: _data.name\n_data: _ @embed(file=%s)\n"
	shapes := []struct {
		name  string
		files map[string]string
		link  string // in the repository
		to    string // below the sentinel; absolute unless relative is set
		rel   bool
		says  string
	}{
		{"a file of the package", map[string]string{"clusters/turingpi/a.cue": good}, "clusters/turingpi/b.cue", "apps.cue", false, "leads out of the repository"},
		{"a file of the package, relative", map[string]string{"clusters/turingpi/a.cue": good}, "clusters/turingpi/b.cue", "apps.cue", true, "leads out of the repository"},
		{"the only file", nil, "clusters/turingpi/a.cue", "apps.cue", false, "leads out of the repository"},
		{"the cluster's directory", nil, "clusters/turingpi", "", false, "leads out of the repository"},
		{"the directory of all clusters", nil, "clusters", "clusters", false, ""},
		{"a file above the package", map[string]string{"clusters/turingpi/a.cue": good}, "clusters/b.cue", "apps.cue", false, ""},
		{"an imported package", map[string]string{"clusters/turingpi/a.cue": "package turingpi\n\nimport \"stillsuit.dev/lib/immich\"\n\ncluster: name: immich.app.namespace\n"}, "lib/immich", "", false, ""},
		{"a file of an imported package", map[string]string{"clusters/turingpi/a.cue": "package turingpi\n\nimport \"stillsuit.dev/lib/immich\"\n\ncluster: name: immich.app.namespace\n"}, "lib/immich/immich.cue", "immich.cue", false, ""},
		{"a catalogue entry", map[string]string{"clusters/turingpi/a.cue": good}, "apps/immich", "", false, ""},
		{"a file of a catalogue entry", map[string]string{"clusters/turingpi/a.cue": good}, "apps/immich/immich.cue", "immich.cue", false, "leads out of the repository"},
		{"an embedded file", map[string]string{"clusters/turingpi/a.cue": fmt.Sprintf(embed, "data.json")}, "clusters/turingpi/data.json", "data.json", false, ""},
		{"the directory of an embedded file", map[string]string{"clusters/turingpi/a.cue": fmt.Sprintf(embed, "d/data.json")}, "clusters/turingpi/d", "", false, ""},
		{"an embedded pattern", map[string]string{"clusters/turingpi/a.cue": "@extern(embed)\n\npackage turingpi\n\ncluster: name: _data[\"data.json\"].name\n_data: _ @embed(glob=*.json)\n"}, "clusters/turingpi/data.json", "data.json", false, ""},
		{"the schemas", map[string]string{"clusters/turingpi/a.cue": "package turingpi\n\nimport \"stillsuit.dev/schemas/v1alpha1\"\n\ncluster: v1alpha1.#Cluster\n"}, "schemas/v1alpha1/zz.cue", "apps.cue", false, ""},
	}
	require.GreaterOrEqual(t, len(shapes), 12)
	for _, s := range shapes {
		t.Run(s.name, func(t *testing.T) {
			outside := sentinel(t)
			_, dir := repository(t, s.files)
			to := filepath.Join(outside, s.to)
			if s.rel {
				var err error
				to, err = filepath.Rel(filepath.Join(dir, filepath.Dir(s.link)), to)
				require.NoError(t, err)
			}
			link := filepath.Join(dir, s.link)
			require.NoError(t, os.MkdirAll(filepath.Dir(link), 0o755))
			require.NoError(t, os.Symlink(to, link))
			r := open(t, dir, Options{})
			said := everything(t, r, "turingpi", "x")
			require.NotContains(t, said, canary)
			require.Contains(t, said, s.says)
			require.NotContains(t, said, outside)

			// Mutant: with a copy instead of the link the canary is read, so the
			// test would notice a link that is followed.
			require.NoError(t, os.Remove(link))
			if s.to == "" || s.to == "clusters" {
				require.NoError(t, os.CopyFS(link, os.DirFS(filepath.Join(outside, s.to))))
				require.NoError(t, os.RemoveAll(filepath.Join(link, "cue.mod")))
				if s.to == "" {
					keepOnly(t, link, s.name)
				}
			} else {
				data, err := os.ReadFile(filepath.Join(outside, s.to))
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(link, data, 0o644))
			}
			said = everything(t, open(t, dir, Options{}), "turingpi", "x")
			if s.name == "the schemas" || s.name == "a file above the package" {
				require.NotEmpty(t, said)
			} else {
				require.Contains(t, said, canary)
			}
		})
	}
}

// keepOnly removes from a copy of the sentinel what is of another package.
func keepOnly(t *testing.T, dir, name string) {
	t.Helper()
	remove := "apps.cue"
	if strings.Contains(name, "cluster") {
		remove = "immich.cue"
	}
	require.NoError(t, os.Remove(filepath.Join(dir, remove)))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "clusters")))
}

// TestSymlinkInside follows a link that stays in the repository.
func TestSymlinkInside(t *testing.T) {
	_, dir := repository(t, map[string]string{"shared/a.cue": "package turingpi\n\ncluster: name: \"inside\"\n"})
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "clusters"), 0o755))
	require.NoError(t, os.Symlink("../shared", filepath.Join(dir, "clusters", "turingpi")))
	require.Contains(t, everything(t, open(t, dir, Options{}), "turingpi"), "inside")
}

// TestSwaps exchanges a directory for a link that leads out while clusters are
// loaded: nothing outside is read.
func TestSwaps(t *testing.T) {
	outside := sentinel(t)
	_, dir := repository(t, map[string]string{"clusters/turingpi/a.cue": "package turingpi\n\ncluster: name: \"x\"\n", "spare/x": ""})
	live := filepath.Join(dir, "clusters", "turingpi")
	link, aside := filepath.Join(dir, "link"), filepath.Join(dir, "aside")
	require.NoError(t, os.Symlink(outside, link))
	var swaps sync.WaitGroup
	stop := make(chan struct{})
	swaps.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if os.Rename(live, aside) == nil {
				_ = os.Rename(link, live)
				runtime.Gosched()
				_ = os.Rename(live, link)
				_ = os.Rename(aside, live)
			}
		}
	})
	loaded := 0
	for range 1000 {
		root := mustRoot(t, dir)
		r, err := Open(root, Options{Schemas: os.DirFS("testdata/schemas")})
		require.NoError(t, err)
		said := everything(t, r, "turingpi")
		require.NotContains(t, said, canary)
		if strings.Contains(said, `"name":"x"`) {
			loaded++
		}
		require.NoError(t, root.Close())
	}
	close(stop)
	swaps.Wait()
	require.Positive(t, loaded, "some loads meet the directory itself")
}

func mustRoot(t *testing.T, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	return root
}

// TestNames asks for clusters and entries of 10 000 random names, many of which
// try to leave the repository.
func TestNames(t *testing.T) {
	outside := sentinel(t)
	r, dir := repository(t, map[string]string{"clusters/turingpi/a.cue": "package turingpi\n\ncluster: name: \"x\"\n"})
	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	up, err := filepath.Rel(filepath.Join(dir, "clusters"), outside)
	require.NoError(t, err)
	parts := []string{"..", ".", "/", "\\", "\x00", "CON", "nul", "a", "turingpi", "immich", ":", "@v0", "...", "~", "%2e%2e", "\n", " ", "é", "\u202e", "-", "_", strings.Repeat("x", 300), up, outside, "clusters", "x"}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		var name strings.Builder
		for range 1 + rng.IntN(4) {
			name.WriteString(parts[rng.IntN(len(parts))])
		}
		found, fs, err := r.Cluster(t.Context(), name.String())
		require.NoError(t, err)
		require.NotContains(t, text(fs), canary)
		if name.String() != "turingpi" {
			require.Nil(t, found, "%q", name.String())
			require.NotEmpty(t, fs)
		}
		e, fs, err := c.Catalogue(KindApp, name.String(), "x")
		require.NoError(t, err)
		require.NotContains(t, text(fs), canary)
		if name.String() != "immich" {
			require.Nil(t, e, "%q", name.String())
		}
	}
}

// TestIrregular meets files that must not be read: a named pipe, which would
// block, one that is too large, and one that would exhaust the stack.
func TestIrregular(t *testing.T) {
	for name, tc := range map[string]struct {
		make func(path string) error
		says string
	}{
		"pipe":  {func(p string) error { return syscall.Mkfifo(p, 0o644) }, "is a named pipe, not a file"},
		"large": {func(p string) error { return os.Truncate(p, 16<<20+1) }, "is larger than 16 MiB"},
		"labels": {func(p string) error {
			return os.WriteFile(p, []byte("package turingpi\n\n"+strings.Repeat("a:\n", 1_000_000)+"1\n"), 0o644)
		}, "more than 10000 operators"},
		"sum": {func(p string) error {
			return os.WriteFile(p, []byte("package turingpi\n\n_x: 1"+strings.Repeat("+1", 1_000_000)+"\n"), 0o644)
		}, "more than 10000 operators"},
		"brackets": {func(p string) error {
			return os.WriteFile(p, []byte("package turingpi\n\n_x: "+strings.Repeat("[", 1_000_000)+"\n"), 0o644)
		}, "nesting depth"},
	} {
		t.Run(name, func(t *testing.T) {
			_, dir := repository(t, map[string]string{"clusters/turingpi/a.cue": "package turingpi\n\ncluster: name: \"x\"\n"})
			p := filepath.Join(dir, "clusters/turingpi/b.cue")
			if name == "large" {
				require.NoError(t, os.WriteFile(p, nil, 0o644))
			}
			require.NoError(t, tc.make(p))
			said := everything(t, open(t, dir, Options{}), "turingpi")
			require.Contains(t, said, tc.says)
			require.Contains(t, said, "clusters/turingpi/b.cue")
		})
	}
}
