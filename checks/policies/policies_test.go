package policies_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/checks"

	"stillsuit.dev/checks/checktest"
	"stillsuit.dev/checks/policies"
	"stillsuit.dev/policies/admission"
)

// library is a small one, of six policies.
const library = "../../policies/admission/testdata/library"

// TestClusters checks clusters that choose among the policies of a small library.
func TestClusters(t *testing.T) {
	given, err := admission.Load(os.DirFS(library))
	require.NoError(t, err)
	require.Len(t, given, 6)
	checktest.RunWith(t, "testdata/base/base.txtar", "testdata/*.txtar", os.DirFS(library), []*checks.Checker{policies.Checker(given, nil)})
}

// TestTrees checks trees that hold their own policies.
func TestTrees(t *testing.T) {
	checktest.Run(t, "", "testdata/trees/*.txtar", []*checks.Checker{policies.Checker(nil, nil)})
}

func TestEveryCodeIsShown(t *testing.T) {
	checktest.EveryCode(t, policies.Checker(nil, nil), "testdata/*.txtar", "testdata/trees/*.txtar")
}
