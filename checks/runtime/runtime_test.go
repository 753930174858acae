package runtime_test

import (
	"testing"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/runtime"
)

func checkers() []*checks.Checker { return []*checks.Checker{runtime.Checker()} }

func TestClusters(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/*.txtar", checkers())
}

func TestTrees(t *testing.T) {
	checktest.Run(t, "", "testdata/trees/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	checktest.EveryCode(t, runtime.Checker(), "testdata/trees/*.txtar")
}
