package workspaces_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/internal/resolve/workspaces"
)

func TestCountedNamesAreNoSpellingMistakes(t *testing.T) {
	require.True(t, workspaces.Numbered("home-34", "home-14"))
	require.True(t, workspaces.Numbered("home", "home2"))
	require.False(t, workspaces.Numbered("hoem", "home"))
}
