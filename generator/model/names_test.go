package model

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation"
)

func TestSuggestName(t *testing.T) {
	for name, want := range map[string]string{
		"Home_Assistant": "home-assistant", "café": "cafe", "web site": "web-site", "a.b": "a-b",
		"-": "", "…": "", "\x1b[31m": "31m", strings.Repeat("A", 64): "",
	} {
		require.Equal(t, want, suggestName(name), "%q", name)
		if want != "" {
			require.Empty(t, validation.IsDNS1123Label(want))
		}
	}
}

func TestPathString(t *testing.T) {
	require.Equal(t, `apps."home-assistant".after[0]`, Path{"apps", "home-assistant", "after", "0"}.String())
	require.Equal(t, `files."/etc/a".text`, Path{"files", "/etc/a", "text"}.String())
	require.Equal(t, `apps."".x`, Path{"apps", "", "x"}.String())
}

// TestOverlay lays a user's values over a catalogue entry.
func TestOverlay(t *testing.T) {
	base := map[string]any{
		"image": "a:1", "args": []any{"x", "y"}, "env": map[string]any{"A": "1", "B": "2"},
		"volumes": map[string]any{"data": map[string]any{"size": "1Gi", "mount": "/data"}, "cache": map[string]any{"size": "1Gi"}},
	}
	over := map[string]any{
		"args": []any{"z"}, "env": map[string]any{"B": "3"},
		"volumes": map[string]any{"data": map[string]any{"size": "2Gi"}, "cache": map[string]any{"off": "small"}},
	}
	require.Equal(t, map[string]any{
		"image": "a:1", "args": []any{"z"}, "env": map[string]any{"A": "1", "B": "3"},
		"volumes": map[string]any{"data": map[string]any{"size": "2Gi", "mount": "/data"}, "cache": map[string]any{"off": "small"}},
	}, overlay(base, over))
	require.Equal(t, map[string]any{"A": "1", "B": "2"}, base["env"], "the entry is shared between apps")
}
