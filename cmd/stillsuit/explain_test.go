package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
)

// TestCodes wants each code explained once, by whoever makes it.
func TestCodes(t *testing.T) {
	require.NoError(t, checks.Validate(checkers(nil, nil, nil)))
	seen := map[string]bool{}
	for _, c := range codes() {
		require.False(t, seen[string(c.Code)], "%s is explained twice", c.Code)
		seen[string(c.Code)] = true
		require.NotEmpty(t, c.Text, c.Code)
	}
	for _, c := range []string{"images/no-platform", "images/no-node", "check/suppression-expired", "foreign/refused"} {
		require.True(t, seen[c], c)
	}
}
