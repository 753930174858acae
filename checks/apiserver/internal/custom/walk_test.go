package custom

import (
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"sigs.k8s.io/yaml"
)

func TestKeysOf(t *testing.T) {
	object := map[string]any{"spec": map[string]any{
		"rules":  []any{map[string]any{"name": "a"}},
		"labels": map[string]any{"a": "1", "a.b/c": "2", "a.b": map[string]any{"c": "3"}},
	}}
	for path, want := range map[string]string{
		"":                        "",
		"spec":                    "spec",
		".spec.rules[0].name":     "spec rules 0 name",
		"spec.rules[0].port":      "spec rules 0 port",
		"spec.rules[7]":           "spec rules 7",
		"spec.labels.a":           "spec labels a",
		"spec.labels.a.b/c":       "spec labels a.b/c",
		"spec.labels[a.b/c]":      "spec labels a.b/c",
		"spec.labels.a.b.c":       "spec labels a.b c",
		"spec.names.kind":         "spec names kind",
		"spec.labels[other/name]": "spec labels other/name",
	} {
		require.Equal(t, want, strings.Join(keysOf(object, path), " "), path)
	}
}

// TestStraysAreThoseThatArePruned puts fields that do not exist into sound resources, at any
// depth, and wants those that the API server prunes, by the paths that it writes.
func TestStraysAreThoseThatArePruned(t *testing.T) {
	d := New()
	for _, pattern := range []string{"testdata/crds/*.yaml", "testdata/widget.yaml"} {
		for _, crd := range decodeAll(t, pattern) {
			require.NoError(t, d.Add(crd, false))
		}
	}
	objects := decodeAll(t, "testdata/crds/samples/*.yaml")
	objects = append(objects, map[string]any{"apiVersion": "example.org/v1", "kind": "Widget", "metadata": map[string]any{"name": "w"}, "spec": map[string]any{
		"settings": map[string]any{"known": map[string]any{"a": "x"}, "other": map[string]any{"b": []any{map[string]any{}}}},
		"free":     map[string]any{"deep": map[string]any{"er": "x"}},
		"template": map[string]any{"apiVersion": "v1", "kind": "Pod", "metadata": map[string]any{"name": "p"}, "spec": map[string]any{}},
		"rules":    []any{map[string]any{"name": "a"}},
	}})
	random, found := rand.New(rand.NewPCG(1, 2)), 0
	for _, o := range objects {
		kind, version := kindOf(o)
		compiled, err := d.kinds[kind].versions[version].compile()
		require.NoError(t, err)
		for range 60 {
			mutant := decodedCopy(o)
			maps := mapsIn(mutant)
			for range 1 + random.IntN(3) {
				maps[random.IntN(len(maps))]["stray"+strconv.Itoa(random.IntN(9))] = "y"
			}
			pruned := pruning.PruneWithOptions(decodedCopy(mutant), compiled.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
			var got []string
			for _, s := range strays(mutant, compiled.structural) {
				got = append(got, asPruned(mutant, s.keys))
			}
			slices.Sort(got)
			require.Equal(t, pruned, got)
			found += len(got)
		}
	}
	require.Greater(t, found, 200)
}

// asPruned is a path as pruning writes it.
func asPruned(value any, keys []string) string {
	var b strings.Builder
	for _, key := range keys {
		switch _, list := value.([]any); {
		case list:
			b.WriteString("[" + key + "]")
		case b.Len() > 0:
			b.WriteString("." + key)
		default:
			b.WriteString(key)
		}
		value, _ = below(value, key)
	}
	return b.String()
}

// mapsIn are a value and all maps in it but its metadata.
func mapsIn(value any) []map[string]any {
	var out []map[string]any
	switch v := value.(type) {
	case map[string]any:
		out = append(out, v)
		for _, key := range slices.Sorted(maps.Keys(v)) {
			if key != "metadata" {
				out = append(out, mapsIn(v[key])...)
			}
		}
	case []any:
		for _, item := range v {
			out = append(out, mapsIn(item)...)
		}
	}
	return out
}

func decodeAll(t *testing.T, pattern string) []map[string]any {
	t.Helper()
	names, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var out []map[string]any
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		var o map[string]any
		require.NoError(t, yaml.Unmarshal(b, &o))
		out = append(out, decodedCopy(o))
	}
	return out
}
