package main

import (
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The version that Go makes up and the commit's time both tell a time, and are
// left out.
func TestVersion(t *testing.T) {
	var out strings.Builder
	require.NoError(t, printVersion(&out, &debug.BuildInfo{
		Main: debug.Module{Version: "v0.0.0-20261121060624-9266e0e46e24"},
		Settings: []debug.BuildSetting{
			{Key: "vcs.revision", Value: "9266e0e46e24"},
			{Key: "vcs.time", Value: "2026-11-21T06:06:24Z"},
			{Key: "vcs.modified", Value: "true"},
		},
	}))
	require.Contains(t, out.String(), "commit   9266e0e46e24 (modified)\n")
	require.NotContains(t, out.String(), "2026")

	out.Reset()
	require.NoError(t, printVersion(&out, nil))
	require.Contains(t, out.String(), "commit   unknown\n")
}
