package flux

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// read lays files out and reads the tree in app.
func read(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	_, findings, err := Read(root, "app", &Options{NodesFile: "nodes.yaml", Nodes: []byte("kind: Node\nmetadata: {name: pi}\n")})
	require.NoError(t, err)
	var out []string
	for _, f := range findings {
		out = append(out, f.String())
	}
	return strings.Join(out, "\n")
}

func TestWhatIsTold(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"an object twice": {map[string]string{"app/kustomization.yaml": "resources: [a.yaml, b.yaml]\n", "app/a.yaml": deployment, "app/b.yaml": deployment},
			"app/kustomization.yaml: error: the kustomization in app cannot be built. Accumulating resources:"},
		"an unknown field": {map[string]string{"app/kustomization.yaml": "resource: [a.yaml]\n", "app/a.yaml": deployment},
			"app/kustomization.yaml: error: this kustomization cannot be read. Invalid Kustomization: json: unknown field \"resource\". Correct it. [foreign/build]"},
		"nothing":             {map[string]string{"app/README.md": "x"}, "app: error: no Kubernetes object is here. There is nothing to check then. "},
		"no kustomization":    {map[string]string{"app/kustomization.yaml": "resources: [sub]\n", "app/sub/a.yaml": deployment}, "app/sub: error: app/sub is taken as a kustomization. It has no kustomization.yaml"},
		"a good one":          {map[string]string{"app/kustomization.yaml": "resources: [sub]\ntransformers:\n- |\n  apiVersion: builtin\n  kind: AnnotationsTransformer\n  metadata: {name: x}\n  annotations: {a: https://example.com}\n  fieldSpecs: [{path: metadata/annotations, create: true}]\n", "app/sub/kustomization.yaml": "resources: [a.yaml]\n", "app/sub/a.yaml": deployment}, ""},
		"links inside":        {map[string]string{"app/kustomization.yaml": "resources: [../base/a.yaml]\nconfigMapGenerator: [{name: x, files: [k=../base/a.yaml]}]\n", "base/a.yaml": deployment}, ""},
		"a day without quote": {map[string]string{"app/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {day: 2026-01-01}\n"}, ""},
		"a key twice": {map[string]string{"app/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: b, a: c}\n"},
			"app/a.yaml:1:1: error: this object cannot be read. Line 4: key \"a\" is there twice, or is no text. Correct it. [foreign/undecodable]"},
	} {
		t.Run(name, func(t *testing.T) {
			got := read(t, c.files)
			if c.want == "" {
				require.Empty(t, got)
			}
			require.Contains(t, got, c.want)
		})
	}
}

func TestRemote(t *testing.T) {
	for _, ref := range []string{
		"https://x/y", "HTTP://x", "http:x", "git::https://x/y", "ssh://git@x/y", "git@x:y/z", "me@host/x", "github.com/a/b", "GitHub.com:a/b", "file:///x", "oci://x/y", " https://x",
	} {
		require.True(t, remote(ref), ref)
	}
	for _, ref := range []string{"a.yaml", "../a", "./github.com/x", "a@2x.yaml/b", "a=b", "a b", "apiVersion: v1\nx: https://y"} {
		require.Equal(t, ref == "a@2x.yaml/b", remote(ref), ref)
	}
}

func TestCodes(t *testing.T) {
	for _, c := range Codes() {
		require.NotEmpty(t, c.Title, c.Code)
		require.True(t, strings.HasSuffix(c.Text, "."), c.Code)
		require.NotEmpty(t, c.Example, c.Code)
	}
}
