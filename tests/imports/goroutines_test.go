package imports

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A panic in a goroutine ends the process, whoever recovers. So what is shipped starts
// goroutines through crash.Group, which hands it to the one that waits. Those of a watch
// outlive who waits for them, and recover by themselves.
func TestGoroutines(t *testing.T) {
	root := os.DirFS("../..")
	read := 0
	require.NoError(t, fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir() && (name == "tests" || name == ".git"):
			return errOr(err, fs.SkipDir)
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || name == "crash/group.go" || name == "generator/evaluate/watch.go":
			return nil
		}
		b, err := fs.ReadFile(root, name)
		require.NoError(t, err)
		read++
		require.Empty(t, unguarded(t, name, string(b)))
		return nil
	}))
	require.Greater(t, read, 300)

	// Each of these must be noticed.
	for _, mutant := range []string{"go do()", "var w sync.WaitGroup", "w := &sync.WaitGroup{}; w.Go(do)"} {
		require.NotEmpty(t, unguarded(t, "a.go", "package a\n\nimport \"sync\"\n\nfunc f(do func()) {\n"+mutant+"\n}\n"), mutant)
	}
}

func errOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// unguarded are the lines of a file that start goroutines by themselves.
func unguarded(t *testing.T, name, source string) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path.Base(name), source, parser.SkipObjectResolution)
	require.NoError(t, err)
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		selector, selects := n.(*ast.SelectorExpr)
		_, starts := n.(*ast.GoStmt)
		if starts || selects && selector.Sel.Name == "WaitGroup" {
			out = append(out, path.Dir(name)+"/"+files.Position(n.Pos()).String())
		}
		return true
	})
	return out
}
