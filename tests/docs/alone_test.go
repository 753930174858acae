package docs

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/apps"
	"stillsuit.dev/checks/access"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/library"
)

// alone is a cluster that holds one catalogue entry, with a node of each
// architecture, so that no image is held back by the nodes.
const alone = `package alone

import "stillsuit.dev/schemas/v1alpha1"

cluster: v1alpha1.#Cluster & {
	name:   "alone"
	domain: "alone.example"
	network: lan: "192.168.1.0/24"
	storage: "local-path": {provisioner: "rancher.io/local-path", default: true}
	nodes: {
		amd64: {arch: "amd64", role: "server", address: "192.168.1.10"}
		arm64: arch: "arm64"
		arm: arch:   "arm"
	}
}
{{if eq .Kind "app"}}apps: "{{.Name}}": {from: "{{.Name}}", namespace: "alone"}
{{else if eq .Kind "chart"}}charts: "{{.Name}}": {from: "{{.Name}}", namespace: "alone"}
{{else}}apps: "{{.Name}}": {namespace: "alone", containers: main: from: "{{.Name}}"}
{{end}}`

// solo is an entry of the catalogue as one of its kinds.
type solo struct {
	Name, Kind string
	// doc is the comment of its package.
	doc string
	// needs are lines of CUE without which it does not render.
	needs []string
	// cluster and rendering are what it gives with what it needs.
	cluster   *generator.Cluster
	rendering *generator.Rendering
}

// catalogue renders each entry alone, as each kind that it has.
func catalogue(t *testing.T) []*solo {
	t.Helper()
	listed, err := evaluate.List(apps.FS)
	require.NoError(t, err)
	var out []*solo
	for _, e := range listed {
		require.NotEmpty(t, e.Kinds, "%s is no app, container or chart", e.Name)
		for _, kind := range e.Kinds {
			s := &solo{Name: e.Name, Kind: kind, doc: e.Doc, needs: needs(t, e.Name)}
			var errors []string
			s.cluster, s.rendering, errors = s.render(t, s.needs)
			if len(errors) > 0 {
				t.Errorf("%s %s does not render alone; say what it needs in testdata/needs/%[2]s.cue:\n%s", kind, e.Name, strings.Join(errors, "\n"))
				continue
			}
			out = append(out, s)
		}
	}
	return out
}

// needs are the lines of testdata/needs/NAME.cue, each of which an entry cannot
// do without.
func needs(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata/needs", name+".cue"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	require.Equal(t, []string{"package alone", ""}, lines[:2], "%s.cue starts with its package and an empty line", name)
	require.NotEmpty(t, lines[2:], name)
	return lines[2:]
}

// render renders the entry with these lines of CUE, in a repository of its own
// that knows this repository's images. It returns the errors that findings tell.
func (s *solo) render(t *testing.T, needs []string) (*generator.Cluster, *generator.Rendering, []string) {
	t.Helper()
	dir := t.TempDir()
	var text bytes.Buffer
	require.NoError(t, template.Must(template.New("").Parse(alone)).Execute(&text, s))
	lock, err := os.ReadFile(filepath.Join(root, "images.lock.json"))
	require.NoError(t, err)
	for name, content := range map[string]string{
		"cue.mod/module.cue":       "module: \"alone.example@v0\"\nlanguage: version: \"v0.17.0\"\ndeps: \"stillsuit.dev@v0\": v: \"v0.1.0\"\n",
		"clusters/alone/alone.cue": text.String(),
		"clusters/alone/needs.cue": "package alone\n\n" + strings.Join(needs, "\n") + "\n",
		"images.lock.json":         string(lock),
	} {
		name = filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(content), 0o644))
	}
	repo, err := generator.Open(dir, &generator.Options{Library: library.FS})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	cluster, findings, err := generator.Load(t.Context(), repo, "alone")
	require.NoError(t, err)
	if cluster == nil {
		return nil, nil, errorsOf(findings)
	}
	rendering, more, err := generator.Render(cluster)
	require.NoError(t, err)
	judged, err := access.Judge(inventory.Declared(cluster.Desired, rendering.Set, repo.Lock(), repo.Source))
	require.NoError(t, err)
	return cluster, rendering, errorsOf(slices.Concat(findings, more, judged))
}

// errorsOf are the findings that leave something unrendered.
func errorsOf(findings []finding.Finding) []string {
	var out []string
	for _, f := range findings {
		if f.Severity == finding.Error {
			out = append(out, f.String())
		}
	}
	return out
}

// TestAlone renders each entry of the catalogue with nothing but a namespace and
// what testdata/needs says that it needs, of which no line can be left out.
func TestAlone(t *testing.T) {
	names := map[string]bool{}
	for _, s := range catalogue(t) {
		names[s.Name] = true
		if s.Kind != evaluate.KindChart || s.cluster.Charts[s.Name].Outside == "" {
			require.NotEmpty(t, s.rendering.Objects(), s.Name)
		}
		for i := range s.needs {
			_, _, errors := s.render(t, slices.Delete(slices.Clone(s.needs), i, i+1))
			require.NotEmpty(t, errors, "%s renders without %s", s.Name, s.needs[i])
		}
	}
	require.GreaterOrEqual(t, len(names), 20)
	files, err := fs.Glob(os.DirFS("testdata/needs"), "*.cue")
	require.NoError(t, err)
	for _, f := range files {
		require.True(t, names[strings.TrimSuffix(f, ".cue")], "testdata/needs/%s is of no entry", f)
	}
}
