package kyverno

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"stillsuit.dev/policies/library/fixture"
)

// library is where the policies lie.
const library = "../../../policies/library"

// TestCLI has the Kyverno CLI run the test beside each policy.
func TestCLI(t *testing.T) {
	tests, err := exec.Command("go", "tool", "kubectl-kyverno", "test", library, "--detailed-results", "--remove-color").CombinedOutput()
	require.NoError(t, err, string(tests))
	folders, err := fixture.Read(os.DirFS(library))
	require.NoError(t, err)
	require.Equal(t, len(folders), strings.Count(string(tests), "Loading test"))
	require.Contains(t, string(tests), " tests passed and 0 tests failed")
}

// TestEngine judges each object of the library by its policy. The CLI counts an object
// that no rule matched as passed whatever is expected of it, and knows of the first
// validation that fails only.
func TestEngine(t *testing.T) {
	folders, err := fixture.Read(os.DirFS(library))
	require.NoError(t, err)
	namespaces, err := fixture.Objects(os.DirFS(library), "namespaces.yaml")
	require.NoError(t, err)
	judged := 0
	for _, f := range folders {
		t.Run(f.Name, func(t *testing.T) {
			engine, err := New([][]byte{f.Policy}, nil, slices.Concat(namespaces, f.Context))
			require.NoError(t, err)
			for _, c := range slices.Concat(f.Good, f.Bad) {
				name := (&unstructured.Unstructured{Object: c.Object}).GetName()
				rows, err := engine.Judge(t.Context(), c.Object)
				require.NoError(t, err)
				require.NotEmpty(t, rows)
				for _, row := range rows {
					want := "pass"
					if c.Skipped != "" {
						want = Skip
					} else if slices.Contains(c.Fails, row.Validation) {
						want = "fail"
					}
					require.Equal(t, want, row.Verdict, "%s, validation %d: %s", name, row.Validation, row.Message)
					if want == "fail" {
						require.NotEmpty(t, row.Message)
						require.NotContains(t, row.Message, "failed to")
						t.Logf("%s: %s", name, row.Message)
					}
					judged++
				}
			}
		})
	}
	require.Greater(t, judged, 500)
}
