package imports

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRenderReportsNothing wants no finding from what makes objects: mistakes are reported
// by what decides before, and by what finishes objects after.
func TestRenderReportsNothing(t *testing.T) {
	var reports []string
	files := 0
	for _, in := range []string{"../../generator/internal/render/*.go", "../../generator/internal/render/*/*.go"} {
		names, err := filepath.Glob(in)
		require.NoError(t, err)
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			b, err := os.ReadFile(name)
			require.NoError(t, err)
			files++
			reports = append(reports, reporting(t, name, string(b))...)
		}
	}
	require.Greater(t, files, 25)
	require.Empty(t, reports)

	require.Len(t, reporting(t, "mutant.go", "package facts\n\nfunc f(s *scope.Scope) { s.Error(nil, \"a/b\", \"\", \"\", \"\") }\n"), 1)
}

// reporting are the calls of a file that report something.
func reporting(t *testing.T, name, source string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
	require.NoError(t, err)
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		if s, is := n.(*ast.SelectorExpr); is && slices.Contains([]string{"Error", "Warn", "Note", "Report", "Refused"}, s.Sel.Name) {
			out = append(out, name+" reports by "+s.Sel.Name)
		}
		return true
	})
	return out
}
