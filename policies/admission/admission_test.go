package admission_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/policies"
	"stillsuit.dev/policies/admission"
	"stillsuit.dev/policies/policytest"
)

func checkers() []*policies.Checker {
	return []*policies.Checker{admission.Checker(nil, &admission.Options{Today: policytest.Today})}
}

// TestTrees checks trees that hold their own policies.
func TestTrees(t *testing.T) {
	policytest.Run(t, "", "testdata/trees/*.txtar", checkers())
}

func TestEveryCodeIsShown(t *testing.T) {
	shown := ""
	names, err := filepath.Glob("testdata/trees/*.txtar")
	require.NoError(t, err)
	for _, name := range names {
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		shown += string(b)
	}
	for _, c := range admission.Checker(nil, nil).Codes {
		require.Contains(t, shown, "want "+c.Code+" ")
	}
}
