package crd

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"
	kschema "k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/library"
)

// object is one that is rendered for a controller that is not Kubernetes' own.
type object struct {
	where string // the cluster or golden file, and what it is
	kind  string // apiVersion and kind
	raw   bool   // it stands in the CUE as it is
	part  bool   // only as much of it as a golden file needs
	value map[string]any
}

// rendered are the objects of the reference clusters and of the golden files that
// are of no kind of Kubernetes itself.
func rendered(t *testing.T) []object {
	t.Helper()
	out := render(t, "../..")
	goldens, err := filepath.Glob("../golden/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, goldens)
	for _, name := range goldens {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS("../golden/base")))
		for _, f := range archive.Files {
			if strings.HasPrefix(f.Name, "want") {
				continue
			}
			file := filepath.Join(dir, filepath.FromSlash(f.Name))
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, f.Data, 0o644))
		}
		for _, o := range render(t, dir) {
			o.where, o.part = filepath.Base(name)+": "+o.where, o.raw
			out = append(out, o)
		}
	}
	return out
}

// render renders every cluster of a repository.
func render(t *testing.T, dir string) []object {
	t.Helper()
	options := &generator.Options{Library: library.FS}
	if own := filepath.Join(dir, "library"); exists(own) { // a golden file may bring a small one
		options.Library = os.DirFS(own)
	}
	repo, err := generator.Open(dir, options)
	require.NoError(t, err)
	defer func() { require.NoError(t, repo.Close()) }()
	clusters, err := repo.Clusters()
	require.NoError(t, err)
	require.NotEmpty(t, clusters)
	var out []object
	for _, name := range clusters {
		cluster, findings, err := generator.Load(t.Context(), repo, name)
		require.NoError(t, err)
		require.NotNil(t, cluster, findings)
		rendering, _, err := generator.Render(cluster)
		require.NoError(t, err)
		for _, o := range rendering.Objects() {
			if o.Verbatim == nil && !scheme.Scheme.IsGroupRegistered(kschema.FromAPIVersionAndKind(o.APIVersion, o.Kind).Group) {
				out = append(out, foreign(t, name, o))
			}
		}
	}
	return out
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func foreign(t *testing.T, cluster string, o *manifest.Object) object {
	t.Helper()
	b, err := o.YAML()
	require.NoError(t, err)
	value := map[string]any{}
	require.NoError(t, yaml.Unmarshal(b, &value))
	return object{where: cluster + " " + o.String(), kind: o.APIVersion + " " + o.Kind, raw: o.Raw, value: value}
}

// one returns an object of each kind, by kind, raw ones left out.
func one(objects []object) map[string]object {
	out := map[string]object{}
	for _, o := range objects {
		if _, known := out[o.kind]; !known && !o.raw {
			out[o.kind] = o
		}
	}
	return out
}

// kinds are those that objects are of, sorted.
func kinds(objects map[string]object) []string {
	var out []string
	for kind := range objects {
		out = append(out, kind)
	}
	slices.Sort(out)
	return out
}
