package custom_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/checks/apiserver/internal/custom"
	"stillsuit.dev/finding"
)

var update = flag.Bool("update", false, "write what is said now into testdata")

// crds are the definitions of five projects; samples are sound resources of theirs.
const (
	crds    = "testdata/crds/*.yaml"
	samples = "testdata/crds/samples/*.yaml"
)

func read(t testing.TB, pattern string) map[string]map[string]any {
	t.Helper()
	names, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.NotEmpty(t, names)
	out := map[string]map[string]any{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		out[filepath.Base(name)] = object(t, string(b))
	}
	return out
}

func object(t testing.TB, text string) map[string]any {
	t.Helper()
	var out map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &out))
	return out
}

func five(t testing.TB) *custom.Definitions {
	t.Helper()
	d := custom.New()
	for name, crd := range read(t, crds) {
		require.NoError(t, d.Add(crd, false), name)
	}
	return d
}

// lines are the refusals of an object, one on a line.
func lines(t testing.TB, d *custom.Definitions, o map[string]any) string {
	t.Helper()
	var out strings.Builder
	for _, r := range d.Check(t.Context(), o) {
		severity := ""
		if r.Severity != finding.Error {
			severity = r.Severity.String() + " "
		}
		fmt.Fprintf(&out, "%s%s %s: %s. %s. %s.\n", severity, r.Code, strings.Join(r.Keys, "/"), r.Problem, r.Detail, r.Fix)
	}
	return out.String()
}

func TestSoundResourcesAreSilent(t *testing.T) {
	d := five(t)
	for name, o := range read(t, samples) {
		require.Empty(t, lines(t, d, o), name)
	}
}
