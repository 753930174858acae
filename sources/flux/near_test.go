//go:build unix && !race

package flux

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/tests/bench/usage"
)

// near are files that are as large as may be, in the ways that cost kustomize most.
func near() map[string]string {
	files := func(n int, data string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x%d}\n%s", i, data)
		}
		return b.String()
	}
	keys := strings.Builder{}
	for i := range maxKeys - 1 {
		fmt.Fprintf(&keys, "  k%d: x\n", i)
	}
	repeat := func(text string, n int) string { return strings.TrimSuffix(strings.Repeat(text+",", n), ",") }
	whole := maxNodes / maxValues // documents
	return map[string]string{
		"long":      files(1, "data:\n  a: \""+strings.Repeat("x", maxFile-100)+"\"\n"),
		"lines":     files(1, "data:\n  a: |\n"+strings.Repeat("    "+strings.Repeat("x", 91)+"\n", maxFile/96-10)),
		"documents": files(maxDocuments-1, ""),
		"keys":      files(maxNodes/maxKeys/2-2, "data:\n"+keys.String()),
		"values":    files(whole, "data: ["+repeat("1", maxValues-100)+"]\n"),
		"mappings":  files(whole, "data: ["+repeat("{a: b}", maxValues/3-100)+"]\n"),
		"nests":     files(whole, "data: ["+repeat(strings.Repeat("[", maxDepth-5)+strings.Repeat("]", maxDepth-5), maxValues/maxDepth)+"]\n"),
		"aliases":   files(whole, "data:\n  a: &a ["+repeat("x", 190)+"]\n  b: ["+repeat("*a", maxValues/200)+"]\n"),
		"text":      files(1, "data:\n  a: &a \""+strings.Repeat("x", 1<<10)+"\"\n  b: ["+repeat("*a", maxText>>10-10)+"]\n"),
	}
}

// TestNearBombs builds what is just no bomb, each file in a process of its own, which
// takes 256 MiB of memory at most.
func TestNearBombs(t *testing.T) {
	if dir := os.Getenv("FOREIGN_NEAR"); dir != "" {
		root, err := os.OpenRoot(dir)
		require.NoError(t, err)
		_, findings, err := Read(root, ".", nil)
		require.NoError(t, err)
		for _, f := range findings {
			require.NotEqualValues(t, "foreign/refused", f.Code, f.String())
		}
		peak, err := usage.Peak()
		require.NoError(t, err)
		require.LessOrEqual(t, peak, int64(mostBytes))
		t.Logf("%d MiB", peak>>20)
		return
	}
	for name, text := range near() {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte(text), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte("resources: [a.yaml]\n"), 0o644))
		child := exec.Command(os.Args[0], "-test.run=^TestNearBombs$", "-test.v")
		child.Env = append(os.Environ(), "FOREIGN_NEAR="+dir, fmt.Sprint("GOGC=", GCPercent), "GOMEMLIMIT=off")
		out, err := child.CombinedOutput()
		require.NoError(t, err, "%s\n%s", name, out)
		t.Logf("%s: %s\n%s", name, child.ProcessState.UserTime(), out)
	}
}
