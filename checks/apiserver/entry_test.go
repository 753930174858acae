package apiserver_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/checks"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/inventory"
)

const entry = `
-- apps/web/web.cue --
package web

app: {
	namespace: "lab", user: 1000
	containers: main: image: "ghcr.io/example/web:1.0.0"
	objects: more: {
		apiVersion: "v1", kind: "ConfigMap"
		date: a: "b"
	}
	patches: more: {kind: "Deployment", merge: spec: {
		replica: 2
	}}
}
-- clusters/demo/apps.cue --
package demo

apps: web: {
	user: 1001
	from: "web"
}
`

// TestEntry has mistakes in a catalogue entry: at its lines where it is the user's own, and
// at what brought it where it is compiled in.
func TestEntry(t *testing.T) {
	base, err := txtar.ParseFile("testdata/base/base.txtar")
	require.NoError(t, err)
	dir := t.TempDir()
	for _, f := range append(base.Files, txtar.Parse([]byte(entry)).Files...) {
		name := filepath.Join(dir, f.Name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, f.Data, 0o600))
	}
	repo, err := generator.Open(dir, nil)
	require.NoError(t, err)
	defer repo.Close()
	cluster, findings, err := generator.Load(t.Context(), repo, "demo")
	require.NoError(t, err)
	require.NotNil(t, cluster, findings)
	rendering, findings, err := generator.Render(cluster)
	require.NoError(t, err)
	require.True(t, generator.Complete(findings), findings)
	compiledIn := func(file string) []byte {
		if strings.HasPrefix(file, "apps/") {
			return nil
		}
		return repo.Source(file)
	}
	for name, c := range map[string]struct {
		source  func(string) []byte
		want    []finding.Place
		related bool
	}{
		"the user's":  {repo.Source, []finding.Place{{File: "apps/web/web.cue", Line: 8}, {File: "apps/web/web.cue", Line: 11}}, false},
		"compiled in": {compiledIn, []finding.Place{{File: "clusters/demo/apps.cue", Line: 5}, {File: "clusters/demo/apps.cue", Line: 5}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			subject := inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), c.source)
			found, err := checks.Run(subject, checkers(), nil)
			require.NoError(t, err)
			require.Len(t, found, 2)
			for i, f := range found {
				require.Equal(t, c.want[i].String(), finding.Place{File: f.Place.File, Line: f.Place.Line}.String(), f)
				require.Equal(t, c.related, len(f.Related) == 1, f)
				if c.related {
					require.Equal(t, "apps/web/web.cue", f.Related[0].Place.File)
				}
			}
		})
	}
}
