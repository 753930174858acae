package custom_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks/apiserver/internal/custom"
)

// widgets knows a kind that has one of everything that a definition may say.
func widgets(t testing.TB) *custom.Definitions {
	t.Helper()
	b, err := os.ReadFile("testdata/widget.yaml")
	require.NoError(t, err)
	crd := object(t, string(b))
	require.Empty(t, custom.CheckDefinition(t.Context(), crd))
	d := custom.New()
	require.NoError(t, d.Add(crd, false))
	return d
}

// TestMistakes shows what is said of each mistake, and of what is none.
func TestMistakes(t *testing.T) {
	d := widgets(t)
	b, err := os.ReadFile("testdata/mistakes.txt")
	require.NoError(t, err)
	var out strings.Builder
	for part := range strings.SplitSeq(strings.TrimSpace(string(b)), "\n\n") {
		spec, _, _ := strings.Cut(part, "\n")
		text := "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w}, spec: " + spec + "}"
		if whole, ok := strings.CutPrefix(spec, "whole: "); ok {
			text = whole
		}
		out.WriteString(spec + "\n" + lines(t, d, object(t, text)) + "\n")
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/mistakes.txt", []byte(strings.TrimSuffix(out.String(), "\n")), 0o644))
	}
	require.Equal(t, string(b), strings.TrimSuffix(out.String(), "\n"))
}
