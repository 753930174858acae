package evaluate

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/cuecontext"
	"cuelang.org/go/cue/load"
	"cuelang.org/go/mod/modcache"
	"cuelang.org/go/mod/modregistry"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/evaluate/internal/source"
)

var foreign = map[string]string{
	source.ModuleFile: "module: \"example.com@v0\"\nlanguage: version: \"v0.17.0\"\ndeps: \"stillsuit.dev@v0\": v: \"" + ModuleVersion + "\"\n",
	"clusters/turingpi/apps.cue": `package turingpi

import (
	"stillsuit.dev/apps/immich"
	"stillsuit.dev/schemas/v1alpha1"
)

cluster: v1alpha1.#Cluster & {name: "turingpi"}
apps: [_]: v1alpha1.#App
apps: photos: workloads: valkey: immich.app.workloads.valkey
`,
	"clusters/plain/apps.cue": "package plain\n\ncluster: name: \"plain\"\napps: a: {from: \"immich\", namespace: \"x\"}\n",
}

// TestForeignModule loads a repository with a cue.mod of its own, offline.
func TestForeignModule(t *testing.T) {
	r, _ := repository(t, foreign)
	for _, name := range []string{"turingpi", "plain"} {
		c, fs, err := r.Cluster(t.Context(), name)
		require.NoError(t, err)
		require.Empty(t, text(fs))
		require.JSONEq(t, `{"name":"`+name+`"}`, string(c.Object()))
		e, fs, err := c.Catalogue(KindApp, "immich", "photos")
		require.NoError(t, err)
		require.Empty(t, text(fs))
		require.NotEmpty(t, e.JSON())
		require.Equal(t, []string{"clusters/" + name + "/apps.cue"}, c.Files())
	}
}

// TestForeignImport imports an entry of the embedded catalogue in CUE.
func TestForeignImport(t *testing.T) {
	r, _ := repository(t, foreign)
	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	require.Contains(t, string(c.Entries("apps").JSON["photos"]), "valkey:9.1.1")
	p, ok := c.Place("apps", "photos", "workloads", "valkey", "containers", "main", "image")
	require.True(t, ok)
	require.Equal(t, "stillsuit.dev/apps/immich/immich.cue:49:4", p.String())
}

// noRegistry fails the test when CUE asks for anything that its cache lacks.
type noRegistry struct{ t *testing.T }

func (n noRegistry) ResolveToRegistry(path, version string) (modregistry.RegistryLocation, error) {
	n.t.Errorf("CUE asked a registry for %s %s", path, version)
	return modregistry.RegistryLocation{}, errors.New("no registry")
}

// TestSetup loads a repository with CUE's own loader and cache.
func TestSetup(t *testing.T) {
	opts := Options{Schemas: os.DirFS("testdata/schemas"), Catalogue: os.DirFS("testdata/apps")}
	cache := t.TempDir()
	t.Cleanup(func() { require.NoError(t, modcache.RemoveAll(filepath.Join(cache, "mod"))) })
	written, err := Setup(cache, opts)
	require.NoError(t, err)
	require.Equal(t, []string{
		"mod/download/stillsuit.dev/@v/v0.1.0.mod",
		"mod/download/stillsuit.dev/@v/v0.1.0.zip",
		"mod/extract/stillsuit.dev@v0.1.0",
	}, written)
	written, err = Setup(cache, opts)
	require.NoError(t, err)
	require.Empty(t, written, "a second run has nothing to do")

	_, dir := repository(t, foreign)
	check := func() error {
		reg, err := modcache.New(modregistry.NewClientWithResolver(noRegistry{t}), cache)
		require.NoError(t, err)
		inst := load.Instances([]string{"./clusters/turingpi"}, &load.Config{Dir: dir, Registry: reg})[0]
		if inst.Err != nil {
			return inst.Err
		}
		return cuecontext.New().BuildInstance(inst).Validate(cue.Concrete(true))
	}
	require.NoError(t, check())

	// Mutant: a cache that lost a file, and one with another file in it, are mended.
	schema := filepath.Join(cache, "mod/extract/stillsuit.dev@v0.1.0/schemas/v1alpha1/app.cue")
	require.NoError(t, os.Remove(schema))
	require.Error(t, check())
	written, err = Setup(cache, opts)
	require.NoError(t, err)
	require.Equal(t, []string{"mod/extract/stillsuit.dev@v0.1.0"}, written)
	require.NoError(t, check())
	entries, err := fs.Glob(os.DirFS(cache), "mod/*/*tmp*")
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestCacheDir(t *testing.T) {
	dir, err := CacheDir(func(string) string { return "/somewhere" })
	require.NoError(t, err)
	require.Equal(t, "/somewhere", dir)
	t.Setenv("XDG_CACHE_HOME", "/cache")
	t.Setenv("HOME", "/home/someone")
	dir, err = CacheDir(func(string) string { return "" })
	require.NoError(t, err)
	require.Equal(t, "cue", filepath.Base(dir))
}
