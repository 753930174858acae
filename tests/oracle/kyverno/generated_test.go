package kyverno

import (
	"os"
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
	for seed, user := range []string{"", "system:serviceaccount:agents:agent"} {
		p := parity{policies: policies, beside: beside, judged: objects(t, uint64(seed), many(550, 10000)), user: user}
		all.add(p.compare(t))
	}
	agree(t, all)
	require.GreaterOrEqual(t, all.objects, 1100)
	for _, verdict := range []string{"pass", "fail", "error"} {
		require.Greater(t, all.whole[verdict], 2000, verdict)
		require.Greater(t, all.single[verdict], 3000, verdict)
	}
}
