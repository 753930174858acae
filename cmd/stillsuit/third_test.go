package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// The third cluster, in a repository of its own: it renders, nothing that is found in it
// is more than a note, and everything fits.
func TestThirdCluster(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("../../tests/third")))
	said := func(want int, args ...string) string {
		t.Helper()
		var out, err bytes.Buffer
		require.Equal(t, want, run(append(args, "-C", dir), nil, &out, &err), out.String()+err.String())
		require.Empty(t, err.String())
		return out.String()
	}
	require.Contains(t, said(exitClean, "render"), "home: ")
	require.Empty(t, said(exitClean, "render", "--check"))
	check := said(exitClean, "check") // Prometheus keeps its data on the disk of one node
	require.Contains(t, check, "0 errors, 1 warning, ")
	require.Contains(t, check, "nothing sends alerts while pi1 is down.")
	fit := said(exitClean, "fit")
	require.Contains(t, fit, "every pod found a node in 1000 of 1000 orders")
	require.Contains(t, fit, "0 errors, 1 warning, ")

	// A node less is noticed: the Zigbee stick is on the N100.
	require.Contains(t, said(exitFindings, "fit", "--without", "n100"), "3 pods cannot start: only n100 matches their node selectors and affinity.\n   frigate, jellyfin, zigbee2mqtt\n")
}
