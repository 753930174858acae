package tree_test

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/checks/access"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/library"
)

const (
	repository = "../.."
	reference  = "turingpi" // the one that mutants are made of
)

// each runs a test for every reference cluster.
func each(t *testing.T, do func(t *testing.T, name string)) {
	t.Helper()
	for _, name := range []string{"arrakeen", reference} {
		t.Run(name, func(t *testing.T) { do(t, name) })
	}
}

// render renders a reference cluster. The repository is open until the test ends.
func render(t *testing.T, name string) (*generator.Repo, *generator.Cluster, *generator.Rendering) {
	t.Helper()
	repo, err := generator.Open(repository, &generator.Options{Library: library.FS})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, repo.Close()) })
	declared, findings, err := generator.Load(t.Context(), repo, name)
	require.NoError(t, err)
	require.NotNil(t, declared, "%v", findings)
	rendering, more, err := generator.Render(declared)
	require.NoError(t, err)
	judged, err := access.Judge(inventory.Declared(declared.Desired, rendering.Set, repo.Lock(), repo.Source))
	require.NoError(t, err)
	for _, f := range slices.Concat(findings, more, judged) {
		require.NotEqual(t, finding.Error, f.Severity, f.String())
	}
	return repo, declared, rendering
}

// cluster is a tree as Flux applies it.
type cluster struct {
	name  string
	units []*unit
}

type unit struct {
	name    string
	flux    object
	objects []object
}

// object is an object as JSON has it.
type object map[string]any

// parse reads a set back from its bytes, strictly, so that tests can break it.
func parse(t *testing.T, set *manifest.Set) *cluster {
	t.Helper()
	read := func(o *manifest.Object) object {
		b, err := o.YAML()
		require.NoError(t, err)
		out := object{}
		require.NoError(t, yaml.UnmarshalStrict(b, &out))
		return out
	}
	c := &cluster{name: set.Cluster}
	for _, u := range set.Units {
		parsed := &unit{name: u.Name, flux: read(u.Flux)}
		for _, o := range u.Objects {
			parsed.objects = append(parsed.objects, read(o))
		}
		c.units = append(c.units, parsed)
	}
	return c
}

// all returns every object, Flux's own included.
func (c *cluster) all() []object {
	var out []object
	for _, u := range c.units {
		out = append(append(out, u.flux), u.objects...)
	}
	return out
}

// object returns the one of that kind and name, the name with its namespace.
func (c *cluster) object(t *testing.T, kind, name string) object {
	t.Helper()
	for _, o := range c.all() {
		if o.kind() == kind && o.name() == name {
			return o
		}
	}
	t.Fatalf("the tree has no %s %s", kind, name)
	return nil
}

// remove takes objects out of the tree.
func (c *cluster) remove(t *testing.T, kind, name string) {
	t.Helper()
	c.object(t, kind, name)
	for _, u := range c.units {
		u.objects = slices.DeleteFunc(u.objects, func(o object) bool { return o.kind() == kind && o.name() == name })
	}
}

func (o object) text(keys ...string) string {
	s, _ := o.at(keys...).(string)
	return s
}

func (o object) kind() string { return o.text("kind") }

// name is namespace/name, or name for objects of the cluster.
func (o object) name() string {
	return path.Join(o.text("metadata", "namespace"), o.text("metadata", "name"))
}

func (o object) String() string { return o.kind() + " " + o.name() }

func (o object) encrypted() bool { return o["sops"] != nil }

// at walks down; a number is an index into a list. It returns nil when the way ends.
func (o object) at(keys ...string) any {
	var v any = map[string]any(o)
	for _, key := range keys {
		switch in := v.(type) {
		case map[string]any:
			v = in[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// set changes a field of a mapping that exists; a nil value removes it.
func (o object) set(t *testing.T, value any, keys ...string) {
	t.Helper()
	in, ok := o.at(keys[:len(keys)-1]...).(map[string]any)
	require.True(t, ok, "%s has no %s", o, strings.Join(keys, "."))
	if last := keys[len(keys)-1]; value == nil {
		require.Contains(t, in, last)
		delete(in, last)
	} else {
		in[last] = value
	}
}

// as decodes every object of a kind into its Go type, misspelt fields dropped
// as the API server drops them.
func as[T any](c *cluster, kind string) []*T {
	var out []*T
	for _, o := range c.all() {
		if o.kind() != kind {
			continue
		}
		b, err := json.Marshal(o)
		if err != nil {
			panic(err) // it was read from JSON
		}
		v := new(T)
		if json.Unmarshal(b, v) == nil { // check strict reports what cannot be decoded
			out = append(out, v)
		}
	}
	return out
}

// check is one proof: what it finds wrong with a tree.
type check func(c *cluster) []string
