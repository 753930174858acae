package imports

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fact is one of a cluster, with the name that its files have in every package.
type fact struct {
	file string
	// is names the directories below which there is a file of that name; a test is one more.
	in []string
}

const (
	inModel  = "generator/model/NAME.go"
	inSide   = "generator/internal/resolve/*/NAME.go"
	inTest   = "generator/internal/*/*/NAME_test.go" // of both sides
	inRender = "generator/internal/render/*/NAME.go"
	inGate   = "checks/gate/NAME.go"
	inDocs   = "docs/schema/NAME.md"
	inSchema = "schemas/v1alpha1/NAME.cue"
)

// facts are those that become objects, or that the gate compares. A fact that stands in
// another one has no page of its own.
func facts() []fact {
	return []fact{
		{"backup", []string{inModel, inSide, inTest, inRender, inDocs, inSchema}},
		{"ceiling", []string{inModel, inGate}},
		{"certificate", []string{inModel, inSide, inTest, inRender, inGate, inDocs, inSchema}},
		{"flux", []string{inModel, inGate}},
		{"image", []string{inGate, inDocs, inSchema}},
		{"ingress", []string{inModel, inSide, inTest, inRender, inDocs, inSchema}},
		{"kubernetes", []string{inModel, inGate}},
		{"mesh", []string{inModel, inSide, inTest}},
		{"metrics", []string{inModel, inSide, inTest, inRender, inDocs, inSchema}},
		{"middleware", []string{inModel, inSide, inTest, inRender}},
		{"network", []string{inModel, inSide, inTest, inDocs, inSchema}},
		{"node", []string{inModel, inGate, inDocs, inSchema}},
		{"notification", []string{inModel, inSide, inTest, inRender, inDocs, inSchema}},
		{"policy", []string{inModel, inGate, inDocs, inSchema}},
		{"pool", []string{inModel, inSide, inTest, inRender, inGate}},
		{"registry", []string{inGate}},
		{"secret", []string{inModel, inGate}},
		{"storage", []string{inModel, inSide, inTest, inRender, inDocs, inSchema}},
		{"suppress", []string{inGate, inDocs, inSchema}},
		{"target", []string{inModel, inSide, inTest, inRender}},
		{"tunnel", []string{inModel, inSide, inTest, inGate}},
	}
}

// TestFacts wants each fact of the cluster under one name, whatever looks at it: what a
// change of a fact touches is found by that name.
func TestFacts(t *testing.T) {
	var files []string
	root := os.DirFS("../..")
	for _, dir := range []string{"generator", "checks/gate", "docs/schema", "schemas"} {
		require.NoError(t, fs.WalkDir(root, dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				files = append(files, name)
			}
			return err
		}))
	}
	require.Empty(t, nameless(files))

	// Each of these must be noticed.
	for _, mutant := range []string{"generator/model/tunnel.go", "checks/gate/certificate.go", "docs/schema/storage.md"} {
		require.Equal(t, []string{mutant}, nameless(slices.DeleteFunc(slices.Clone(files), func(f string) bool { return f == mutant })))
	}
	require.Equal(t, []string{"generator/internal/resolve/*/pool.go", "generator/internal/*/*/pool_test.go", "generator/internal/render/*/pool.go"}, nameless(slices.DeleteFunc(slices.Clone(files), func(f string) bool {
		return f != "generator/model/pool.go" && (path.Base(f) == "pool.go" || path.Base(f) == "pool_test.go") && strings.HasPrefix(f, "generator/")
	})))
}

// nameless are the files that facts lack among files.
func nameless(files []string) []string {
	var out []string
	for _, f := range facts() {
		for _, in := range f.in {
			want := strings.ReplaceAll(in, "NAME", f.file)
			if !slices.ContainsFunc(files, func(name string) bool { is, err := path.Match(want, name); return is && err == nil }) {
				out = append(out, want)
			}
		}
	}
	return out
}
