package apiserver_test

import (
	"slices"
	"testing"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/apiserver"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/finding"
)

func checkers() []*checks.Checker { return []*checks.Checker{apiserver.Checker(nil)} }

func TestTrees(t *testing.T) {
	checktest.Run(t, "", "testdata/trees/*.txtar", checkers())
}

// TestClusters has the same mistakes in raw objects and in patches, in CUE.
func TestClusters(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/clusters/*.txtar", checkers())
}

// TestEveryCodeIsShown leaves out the codes of notes about the whole tree.
func TestEveryCodeIsShown(t *testing.T) {
	checker := apiserver.Checker(nil)
	checker.Codes = slices.DeleteFunc(checker.Codes, func(c finding.CodeDoc) bool {
		return c.Code == apiserver.CodeNoSchema || c.Code == "apiserver/newer-version"
	})
	checktest.EveryCode(t, checker, "testdata/trees/*.txtar")
}
