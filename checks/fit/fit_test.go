package fit_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"

	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/fit"
)

func checkers() []*checks.Checker { return []*checks.Checker{fit.Checker(nil)} }

func TestFit(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/*.txtar", checkers())
}

// TestTrees checks trees that no CUE produced, with the lines of their own files.
func TestTrees(t *testing.T) {
	checktest.Run(t, "", "testdata/trees/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	shown := ""
	for _, pattern := range []string{"testdata/*.txtar", "testdata/trees/*.txtar"} {
		names, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, name := range names {
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			shown += string(b)
		}
	}
	for _, c := range fit.Checker(nil).Codes {
		require.Contains(t, shown, "want "+string(c.Code)+" ")
	}
}
