package network_test

import (
	"testing"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/network"
)

func checkers() []*checks.Checker { return []*checks.Checker{network.Checker()} }

func TestNetwork(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/checks/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	checktest.EveryCode(t, network.Checker(), "testdata/checks/*.txtar")
}
