package evaluate

import (
	"testing"

	"cuelang.org/go/cue"
	"cuelang.org/go/cue/build"
	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/evaluate/internal/syntax"
)

// TestCatalogueNames evaluates entries for several names. Those whose packages
// are plain are evaluated once, with a stand-in for the name, and must give
// what an evaluation with the name itself gives.
func TestCatalogueNames(t *testing.T) {
	const top = "name: _\ncluster: _\n"
	entries := map[string]struct {
		body  string
		plain bool
	}{
		"texts":  {top + "app: {namespace: name, containers: main: {image: \"\\(cluster.name)/\\(name):1\", args: [\"--\\(name)\", _x]}}\n_x: \"\\(name)-x\"\nlet L = name\napp: from: L\n", true},
		"none":   {"app: namespace: \"fixed\"\n", true},
		"choice": {top + "app: {if name == \"photos\" {namespace: \"p\"}}\n", false},
		"length": {top + "app: user: len(name)\n", false},
		"label":  {top + "app: containers: \"\\(name)\": image: \"x\"\n", false},
		"lookup": {top + "_ports: {photos: 1, music: 2, \"a-b\": 3}\napp: user: _ports[name]\n", false},
	}
	files := map[string]string{"clusters/turingpi/a.cue": header}
	for name, e := range entries {
		files["apps/"+name+"/a.cue"] = "package " + name + "\n\n" + e.body
	}
	r, _ := repository(t, files)
	for name, want := range entries {
		c, fs, err := r.Cluster(t.Context(), "turingpi")
		require.NoError(t, err)
		require.Empty(t, text(fs))
		for _, app := range []string{"photos", "music", "a-b"} {
			e, fs, err := c.Catalogue(KindApp, name, app)
			require.NoError(t, err)
			require.Empty(t, text(fs))
			dir, err := r.src.EntryDir(name)
			require.NoError(t, err)
			p := c.parsed(dir)
			require.Equal(t, want.plain, p.plain, name)
			if name == "texts" || name == "none" {
				p = c.again(t, dir)
			}
			v := p.pkg.Value
			if _, ok := syntax.TopLevelFields(p.pkg.Inst)["name"]; ok {
				v = v.FillPath(cue.ParsePath("name"), app)
			}
			full, err := v.LookupPath(cue.ParsePath("app")).MarshalJSON()
			require.NoError(t, err)
			require.JSONEq(t, string(full), string(e.JSON()), "%s for %s", name, app)
		}
	}
}

// again parses and evaluates a package without the stand-in.
func (c *Cluster) again(t *testing.T, dir string) *catalogued {
	t.Helper()
	fresh, fs, err := c.repo.Cluster(t.Context(), c.name)
	require.NoError(t, err)
	require.Empty(t, text(fs))
	p := fresh.parsed(dir)
	shared, err := fresh.share()
	require.NoError(t, err)
	if _, ok := syntax.TopLevelFields(p.pkg.Inst)["cluster"]; ok {
		require.NoError(t, add(p.pkg.Inst, "cluster: "+clusterImport+".value\n", map[string]*build.Instance{clusterImport: shared}))
	}
	p.pkg.Value = fresh.ctx.BuildInstance(p.pkg.Inst)
	return p
}

// TestCatalogueFindings names the app, not its stand-in.
func TestCatalogueFindings(t *testing.T) {
	r, _ := repository(t, map[string]string{
		"clusters/turingpi/a.cue": header,
		"apps/bad/a.cue":          "package bad\n\nname: _\ncluster: _\napp: {\n\tuser: \"\\(name)\"\n\tnamespace: cluster.domain\n}\n",
	})
	c, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	require.Empty(t, text(fs))
	_, fs, err = c.Catalogue(KindApp, "bad", "photos")
	require.NoError(t, err)
	require.Equal(t, `apps/bad/a.cue:6:2: error: user is the text "photos". It must be a whole number. [cue/wrong-type]
apps/bad/a.cue:7:13: error: cluster.domain is used here. It is not set. Add domain to cluster. [cue/not-set]
`, text(fs))
}
