package apiserver_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/checks/checktest"
)

func checkers() []*checks.Checker { return []*checks.Checker{apiserver.Checker(nil)} }

func TestTrees(t *testing.T) {
	checktest.Run(t, "", "testdata/trees/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	all := ""
	names, err := filepath.Glob("testdata/trees/*.txtar")
	require.NoError(t, err)
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		all += string(b)
	}
	for _, c := range apiserver.Checker(nil).Codes {
		if c.Code != apiserver.CodeNoSchema { // which is about the whole tree
			require.Contains(t, all, "want "+string(c.Code)+" ")
		}
	}
}
