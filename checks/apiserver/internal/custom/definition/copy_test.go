package definition_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "copy the files again from the modules of go.mod")

// copies are the files here that are copied, each with the module and the file that it is
// from.
func copies() map[string][2]string {
	const validation = "pkg/apis/apiextensions/validation/"
	return map[string][2]string{
		"validation.go":         {"k8s.io/apiextensions-apiserver", validation + "validation.go"},
		"cel_validation.go":     {"k8s.io/apiextensions-apiserver", validation + "cel_validation.go"},
		"webhook/validation.go": {"k8s.io/apiserver", "pkg/util/webhook/validation.go"},
	}
}

// TestCopies wants the files to be those of the modules but for the package's name, the
// import of webhook and the first line.
func TestCopies(t *testing.T) {
	for name, from := range copies() {
		dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", from[0]).Output()
		require.NoError(t, err)
		source, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), from[1]))
		require.NoError(t, err)
		text := strings.NewReplacer(
			"\npackage validation\n", "\npackage definition\n",
			`"k8s.io/apiserver/pkg/util/webhook"`, `"stillsuit.dev/checks/apiserver/internal/custom/definition/webhook"`,
		).Replace(string(source))
		want := "// Code generated from " + from[0] + "/" + from[1] + "; DO NOT EDIT.\n\n" + text
		if *update {
			require.NoError(t, os.WriteFile(name, []byte(want), 0o644))
		}
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, want, string(got), "%s is not the file of the module: run `go test ./checks/apiserver/internal/custom/definition -update`", name)
	}
}
