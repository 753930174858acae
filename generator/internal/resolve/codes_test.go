package resolve_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/model"
)

// TestCodes compares the codes that the sources report with those that are
// documented. That each is shown by a mistake is tested in tests/golden.
func TestCodes(t *testing.T) {
	for dir, codes := range map[string][]finding.CodeDoc{".": resolve.Codes(), "../../model": model.Codes()} {
		documented := map[string]bool{}
		for _, c := range codes {
			require.False(t, documented[string(c.Code)], "%s is documented twice", c.Code)
			documented[string(c.Code)] = true
			require.NotEmpty(t, c.Title, c.Code)
			require.NotContains(t, c.Title, "\n", c.Code)
			require.False(t, strings.HasSuffix(c.Title, "."), c.Code)
			require.NotEmpty(t, c.Text, c.Code)
			require.True(t, strings.HasSuffix(c.Text, "."), c.Code)
			require.NotEmpty(t, c.Example, c.Code)
		}
		delete(documented, string(model.CodeRegistry)) // Cluster.WrongRegistry makes it; tests/codes looks at all
		require.Equal(t, reported(t, dir), slices.Sorted(maps.Keys(documented)), dir)
	}
}

// reported lists the codes that a package reports, sorted: literals that are the second of
// five arguments of Error, Warn, Note and report, unless package rights owns them, and those
// of findings.
func reported(t *testing.T, dir string) []string {
	t.Helper()
	found := map[string]bool{}
	sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	if dir == "." { // what its packages report, and finish
		for _, in := range []string{"*/*.go", "../finish/*.go"} {
			below, err := filepath.Glob(in)
			require.NoError(t, err)
			sources = append(sources, below...)
		}
	}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if field, ok := n.(*ast.KeyValueExpr); ok {
				if key, _ := field.Key.(*ast.Ident); key != nil && key.Name == "Code" && filepath.Base(name) != "codes.go" && !strings.HasPrefix(filepath.Base(name), "codes_") {
					if literal, ok := field.Value.(*ast.BasicLit); ok {
						found[strings.Trim(literal.Value, `"`)] = true
					}
				}
			}
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 5 {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || !slices.Contains([]string{"Error", "Warn", "Note", "report"}, method.Sel.Name) {
				return true
			}
			if of, ok := call.Args[1].(*ast.SelectorExpr); ok && of.X.(*ast.Ident).Name == "rights" {
				return true // which documents it
			}
			literal, ok := call.Args[1].(*ast.BasicLit)
			require.True(t, ok, "a code is not written out")
			code, err := strconv.Unquote(literal.Value)
			require.NoError(t, err)
			found[code] = true
			return true
		})
	}
	return slices.Sorted(maps.Keys(found))
}
