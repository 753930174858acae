package render

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCountedNamesAreNoSpellingMistakes(t *testing.T) {
	require.True(t, numbered("home-34", "home-14"))
	require.True(t, numbered("home", "home2"))
	require.False(t, numbered("hoem", "home"))
}
