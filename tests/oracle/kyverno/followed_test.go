package kyverno

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestFollowed holds the files of Kyverno and Kubernetes that policies/admission
// follows by hand against what they were when it was written. When one changes, the
// comparisons with the engine tell of what they happen to ask, and somebody must read.
func TestFollowed(t *testing.T) {
	b, err := os.ReadFile("testdata/followed.txt")
	require.NoError(t, err)
	dirs := map[string]string{}
	files := 0
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		require.Greater(t, len(fields), 3, line)
		sum, module, file, ours := fields[0], fields[1], fields[2], fields[3:]
		if dirs[module] == "" {
			dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
			require.NoError(t, err, module)
			dirs[module] = strings.TrimSpace(string(dir))
		}
		for _, name := range ours {
			require.FileExists(t, filepath.Join("../../../policies/admission", name), "it follows %s of %s; where does that stand now?", file, module)
		}
		files++
		theirs, err := os.ReadFile(filepath.Join(dirs[module], file))
		if err != nil {
			t.Errorf("%s of %s is not there any more: find where it went, read it, let policies/admission (%s) follow it, and name it in testdata/followed.txt", file, module, strings.Join(ours, ", "))
			continue
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(theirs)); got != sum {
			t.Errorf("%s of %s has changed: read what is new in it, let policies/admission (%s) follow, and then write %s in testdata/followed.txt", file, module, strings.Join(ours, ", "), got)
		}
	}
	require.Greater(t, files, 30)
}
