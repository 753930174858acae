package imports

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A route leads hosts to an app or chart, and one file alone knows by which API object:
// another kind of object takes another file, and no other change.
func TestCarriers(t *testing.T) {
	root := os.DirFS("../..")
	carriers := 0
	require.NoError(t, fs.WalkDir(root, "generator/internal", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		b, err := fs.ReadFile(root, name)
		require.NoError(t, err)
		switch {
		case name == "generator/internal/render/traffic/ingress.go":
			carriers += carries(t, string(b))
		case strings.HasPrefix(name, "generator/valid/"): // it knows what Kubernetes refuses in objects of any kind
		default:
			require.Zero(t, carries(t, string(b)), "%s knows of Ingresses", name)
		}
		return nil
	}))
	require.Positive(t, carriers)

	// Each of these must be noticed.
	for _, mutant := range []string{"networkingv1.Ingress{}", "&networkingv1.IngressSpec{}", "[]networkingv1.IngressRule{}"} {
		require.Equal(t, 1, carries(t, "package a\n\nvar x = "+mutant+"\n"), mutant)
	}
	require.Zero(t, carries(t, "package a\n\nvar x = networkingv1.NetworkPolicyIngressRule{}\n"))
}

// carries counts where a file names Kubernetes' types of Ingresses.
func carries(t *testing.T, source string) int {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "a.go", source, parser.SkipObjectResolution)
	require.NoError(t, err)
	found := 0
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, selects := n.(*ast.SelectorExpr); selects && strings.HasPrefix(selector.Sel.Name, "Ingress") {
			if from, names := selector.X.(*ast.Ident); names && from.Name == "networkingv1" {
				found++
			}
		}
		return true
	})
	return found
}
