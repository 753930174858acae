package fit_test

import (
	"testing"

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
	checktest.EveryCode(t, fit.Checker(nil), "testdata/*.txtar", "testdata/trees/*.txtar")
}
