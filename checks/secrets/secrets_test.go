package secrets_test

import (
	"testing"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/secrets"
)

func TestSecrets(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/*.txtar", []*checks.Checker{secrets.Checker()})
}

func TestEveryCodeIsShown(t *testing.T) {
	checktest.EveryCode(t, secrets.Checker(), "testdata/*.txtar")
}
