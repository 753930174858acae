package evaluate

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// saysOfSpot evaluates a cluster of two files beside an imported package and embedded
// files, with the published schemas, and returns what is reported.
func saysOfSpot(t *testing.T, body string) string {
	t.Helper()
	if !strings.HasPrefix(body, "@extern") {
		body = "package turingpi\n" + body
	}
	_, dir := repository(t, map[string]string{
		source.ModuleFile:               "module: \"example.com/x\"\nlanguage: version: \"v0.15.0\"\n",
		"shared/a.cue":                  "package shared\ndbPassword: \"canary-7f3a\"\ndb: _token\n_token: \"canary-7f3a\"\n",
		"clusters/turingpi/secret.json": `{"password":"canary-7f3a","innocent":{"password":"canary-7f3a"}}`,
		"clusters/turingpi/secret.txt":  "canary-7f3a",
		"clusters/turingpi/broken.json": `{"password":"canary-7f3a" "x"}`,
		"clusters/turingpi/broken.yaml": "password: \"canary-7f3a\nfoo: [bar",
		"clusters/turingpi/b.cue":       "package turingpi\ncluster: domain: \"d.example\"\n_other: \"canary-7f3a\"\n",
		"clusters/turingpi/a.cue":       body,
	})
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	r, err := Open(root, Options{Schemas: os.DirFS("../../schemas"), Catalogue: os.DirFS("testdata/apps")})
	require.NoError(t, err)
	_, fs, err := r.Cluster(t.Context(), "turingpi")
	require.NoError(t, err)
	return finding.Mask(text(fs)) // as every form of a message is
}

func repeatsCanary(said string) bool {
	return strings.Contains(said, "7f3a") || strings.Contains(said, "8e2b") || strings.Contains(said, "Y2FuYXJ5")
}

// No way to write a secret that came to mind comes out in a message.
func TestSpotsAreHidden(t *testing.T) {
	spots, err := txtar.ParseFile("testdata/hidden.txtar")
	require.NoError(t, err)
	require.Greater(t, len(spots.Files), 100)
	for _, spot := range spots.Files {
		t.Run(spot.Name, func(t *testing.T) {
			t.Parallel()
			said := saysOfSpot(t, string(spot.Data))
			require.NotEmpty(t, said)
			require.False(t, repeatsCanary(said), said)
		})
	}
}

// The same under names that mean nothing, and what helps elsewhere, is shown: so the test
// above would notice a value.
func TestSpotsCouldShow(t *testing.T) {
	for _, body := range []string{
		"_x: _db.motto & \"canary-8e2b\"\n_db: motto: \"canary-7f3a\"",
		"_db: motto: \"canary-7f3a\"\n_y: _db.motto\n_x: _y & \"canary-8e2b\"",
		"let y = \"canary-7f3a\"\n_db: motto: y\n_x: y & \"canary-8e2b\"",
		"_db: {motto: \"canary-7f3a\", password: \"x\"}\n_x: _db.motto & \"canary-8e2b\"",
		"_db: motto: \"canary-7f3a\"\napps: web: containers: \"\\(_db.motto)\": 5",
		"apps: web: containers: main: image: \"canary-7f3a\" & 5",
		"apps: web: containers: main: image: canary: \"7f3a\"",
		"apps: web: replicas: \"canary-7f3a\"",
		"apps: web: kind: \"canary-7f3a\"",
		"apps: web: volumes: data: size: \"canary-7f3a\"",
		"apps: web: containers: main: command: \"canary-7f3a\"",
		"apps: web: containers: main: ready: path: \"canary-7f3a\" & 5",
		"apps: web: connects: db: \"canary-7f3a\"",
		"apps: web: place: node: \"canary-7f3a\" & \"canary-8e2b\"",
		"cluster: timezone: \"canary-7f3a\" & \"canary-8e2b\"",
		"cluster: nodes: n: address: \"canary-7f3a\" & 5",
		"charts: a: version: \"canary-7f3a\" & 5",
	} {
		said := saysOfSpot(t, body)
		require.True(t, repeatsCanary(said) || strings.Contains(said, "canary"), "%s\n%s", body, said)
	}
}
