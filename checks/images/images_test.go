package images_test

import (
	"testing"

	"stillsuit.dev/checks"

	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/images"
)

func checkers() []*checks.Checker { return []*checks.Checker{images.Checker()} }

func TestImages(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	checktest.EveryCode(t, images.Checker(), "testdata/*.txtar")
}

// TestTrees checks trees that no CUE produced, with the lines of their own files.
func TestTrees(t *testing.T) {
	checktest.Run(t, "", "testdata/trees/*.txtar", checkers())
}
