package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestMain lets the test be the registry that it starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-serve" {
		if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestFewReferences runs the comparison once: the lock has each reference, and took
// at most two requests for it.
func TestFewReferences(t *testing.T) {
	const references = 10
	dir := t.TempDir()
	programs, err := build(t.Context(), dir)
	require.NoError(t, err)
	server, err := start(t.Context(), references)
	require.NoError(t, err)
	defer server.stop()
	ours, theirs, err := programs.measure(t.Context(), server, references, 1)
	require.NoError(t, err)
	require.LessOrEqual(t, ours.requests, int64(2*references))
	require.Positive(t, ours.cpu)
	require.Positive(t, theirs.requests)
	var out strings.Builder
	require.NoError(t, write(&out, references, 1, ours, theirs))
	require.Contains(t, out.String(), "| stillsuit images lock |")
}
