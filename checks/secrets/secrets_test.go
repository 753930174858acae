package secrets_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/secrets"
)

func TestSecrets(t *testing.T) {
	checktest.Run(t, "testdata/base/base.txtar", "testdata/*.txtar", []*checks.Checker{secrets.Checker()})
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
	for _, c := range secrets.Checker().Codes {
		require.Contains(t, all, "want "+c.Code+" ")
	}
}
