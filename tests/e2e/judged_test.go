package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/finding"
	foreign "stillsuit.dev/sources/flux"
)

// judged asks stillsuit about each object by itself, as `stillsuit check DIR` does.
func judged(t *testing.T, all []*verdict) {
	t.Helper()
	dir := t.TempDir()
	for i, v := range all {
		name := strconv.Itoa(i)
		text, err := yaml.Marshal(v.object.Object)
		require.NoError(t, err)
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name, "object.yaml"), text, 0o600))
		root, err := os.OpenRoot(filepath.Join(dir, name)) // a Kustomization's path leads nowhere else
		require.NoError(t, err)
		subject, found, err := foreign.Read(root, ".", nil)
		require.NoError(t, err)
		require.NoError(t, root.Close())
		reported, err := checks.Run(subject, []*checks.Checker{apiserver.Checker()}, &checks.Options{Before: foreign.Codes()})
		require.NoError(t, err)
		for _, f := range slices.Concat(found, reported) {
			switch {
			case f.Code == "apiserver/unknown-field":
				v.Unknown_ = true
			case f.Severity == finding.Error:
				v.Refused = true
			default:
				continue
			}
			v.Said = append(v.Said, fmt.Sprintf("%s: %s. %s [%s]", f.Path, f.Problem, f.Detail, f.Code))
		}
	}
}

// disagreements are the verdicts of the API server and of stillsuit that differ.
func disagreements(all []*verdict) []string {
	var out []string
	for _, v := range all {
		if (v.Strict != "") != (v.Refused || v.Unknown_) {
			out = append(out, fmt.Sprintf("%s\n    server: %s\n    stillsuit: %s", v.Name, v.Strict, strings.Join(v.Said, "\n        ")))
		}
	}
	return out
}
