package images_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"

	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/images"
)

func checkers() []*checks.Checker { return []*checks.Checker{images.Checker()} }

func TestImages(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	all := ""
	names, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		all += string(b)
	}
	for _, c := range images.Checker().Codes {
		require.Contains(t, all, "want "+string(c.Code)+" ")
	}
}

// TestTrees checks trees that no CUE produced, with the lines of their own files.
func TestTrees(t *testing.T) {
	checktest.Run(t, "", "testdata/trees/*.txtar", checkers())
}
