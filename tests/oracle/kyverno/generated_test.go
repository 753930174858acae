package kyverno

import (
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// many is how many objects are made: more of them with STILLSUIT_ORACLE=full.
func many(some, all int) int {
	if os.Getenv("STILLSUIT_ORACLE") == "full" {
		return all
	}
	return some
}

// seeds are those of n makings, other ones for each STILLSUIT_SEED: 0 by default.
func seeds(t *testing.T, n int) []uint64 {
	t.Helper()
	var first uint64
	if given := os.Getenv("STILLSUIT_SEED"); given != "" {
		var err error
		first, err = strconv.ParseUint(given, 10, 32)
		require.NoError(t, err)
	}
	var out []uint64
	for i := range n {
		out = append(out, first*1000+uint64(i))
	}
	return out
}

// TestGenerated holds our verdicts on made-up objects against the engine's, by every
// policy of the library, for two that send them.
func TestGenerated(t *testing.T) {
	folders, namespaces := library(t)
	var policies [][]byte
	beside := namespaces
	for _, f := range folders {
		policies, beside = append(policies, f.Policy), append(beside, f.Context...)
	}
	all := newTally()
	for i, seed := range seeds(t, 2) {
		user := []string{"", "system:serviceaccount:agents:agent"}[i]
		p := parity{policies: policies, beside: beside, judged: objects(t, seed, many(550, 10000)), user: user}
		all.add(p.compare(t))
	}
	agree(t, all)
	require.GreaterOrEqual(t, all.objects, 1100)
	for _, verdict := range []string{"pass", "fail", "error"} {
		require.Greater(t, all.whole[verdict], 2000, verdict)
		require.Greater(t, all.single[verdict], 3000, verdict)
	}
}
