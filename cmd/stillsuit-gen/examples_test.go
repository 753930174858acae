package main

import (
	"testing"

	"github.com/stretchr/testify/require"
	"stillsuit.dev/cmd/stillsuit-gen/cuedoc"
	"stillsuit.dev/schemas"
)

// TestExamples wants an example for each concept, and none that nothing shows.
func TestExamples(t *testing.T) {
	concepts, err := cuedoc.Concepts(schemas.FS)
	require.NoError(t, err)
	all := examples()
	for _, c := range concepts {
		require.Contains(t, all, c.Name)
		delete(all, c.Name)
	}
	require.Empty(t, all, "no concept has these names")
	require.Equal(t, "a: 1\nkind: B\n---\nkind: D\n", pick("a: 1\nkind: B\n---\nkind: C\n---\nkind: D\n", []string{"B", "D"}))
}
