package catalogue_test

import (
	"testing"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/catalogue"
	"stillsuit.dev/checks/checktest"
)

func TestCatalogue(t *testing.T) {
	checktest.Run(t, "", "testdata/*.txtar", []*checks.Checker{catalogue.Checker()})
}
