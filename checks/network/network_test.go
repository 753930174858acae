package network_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/network"
)

func checkers() []*checks.Checker { return []*checks.Checker{network.Checker()} }

func TestNetwork(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/checks/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	all := ""
	names, err := filepath.Glob("testdata/checks/*.txtar")
	require.NoError(t, err)
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		all += string(b)
	}
	for _, c := range network.Checker().Codes {
		require.Contains(t, all, "want "+string(c.Code)+" ")
	}
}
