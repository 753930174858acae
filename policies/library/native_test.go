package library_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/policies/admission"
)

// native is the text of a policy's native.yaml.
func native(t *testing.T, p policy) string {
	t.Helper()
	read, err := admission.Parse(p.folder.Policy)
	require.NoError(t, err)
	all, err := admission.Native(read)
	require.NoError(t, err, "%s: the API server cannot be asked this without Kyverno, so it belongs in ci", p.folder.Name)
	var parts []string
	for _, v := range all {
		text, err := manifest.Marshal(v)
		require.NoError(t, err)
		parts = append(parts, string(text))
	}
	return "# Made from policy.yaml by go test ./policies/library -update.\n" + strings.Join(parts, "---\n")
}

// TestNative holds each native.yaml against the policy beside it. One that is asked in
// ci alone has none.
func TestNative(t *testing.T) {
	for _, p := range library(t) {
		name := filepath.Join(p.folder.Name, "native.yaml")
		if p.Annotations["policies.stillsuit.dev/where"] == "ci" {
			require.NoFileExists(t, name)
			continue
		}
		compare(t, name, native(t, p))
	}
}
