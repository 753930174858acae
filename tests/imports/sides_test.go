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

// The sides of generator/render, told apart by the names of files.
const (
	decides = "decides"
	makes   = "makes"
	ends    = "ends"
	joins   = "joins"
)

func sideOf(file string) string {
	switch {
	case strings.HasSuffix(file, "_render.go"):
		return makes
	case strings.HasPrefix(file, "finish_"):
		return ends
	case file == "render.go":
		return joins
	}
	return decides
}

// TestSides wants the side that decides to know neither the one that makes objects nor the
// one that finishes them, these not each other, and nothing to be reported while objects
// are made.
func TestSides(t *testing.T) {
	names, err := filepath.Glob("../../generator/render/*.go")
	require.NoError(t, err)
	sources := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		require.NoError(t, err)
		sources[filepath.Base(name)] = string(b)
	}
	require.Greater(t, len(sources), 80)
	require.Empty(t, crossings(t, sources))

	// Each of these is noticed.
	for name, mutant := range map[string]string{
		"mutant.go":        "package render\n\nfunc f(c *cluster) { _ = pieces(c) }\n",
		"other.go":         "package render\n\nfunc f(c *cluster) { _ = finisher{} }\n",
		"mutant_render.go": "package render\n\nfunc f(r *scope) { r.Error(nil, \"a/b\", \"\", \"\", \"\") }\n",
		"other_render.go":  "package render\n\nfunc f() { _ = finisher{} }\n",
		"finish_mutant.go": "package render\n\nfunc f(c *cluster) { _ = pieces(c) }\n",
	} {
		with := map[string]string{name: mutant}
		for file, source := range sources {
			with[file] = source
		}
		require.Len(t, crossings(t, with), 1, name)
	}
}

// crossings are the uses of what another side declares, and the reports of the one that
// makes objects.
func crossings(t *testing.T, sources map[string]string) []string {
	t.Helper()
	files, parsed, declared := token.NewFileSet(), map[string]*ast.File{}, map[string]string{}
	for name, source := range sources {
		file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
		require.NoError(t, err)
		parsed[name] = file
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil && d.Name.Name != "f" {
					declared[d.Name.Name] = sideOf(name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, is := s.(*ast.TypeSpec); is {
						declared[s.Name.Name] = sideOf(name)
					}
				}
			}
		}
	}
	var out []string
	for name, file := range parsed {
		side, local := sideOf(name), locals(file)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if side == makes && slices.Contains([]string{"Error", "Warn", "Note", "Report", "Refused"}, n.Sel.Name) {
					out = append(out, name+" reports by "+n.Sel.Name)
				}
			case *ast.Ident:
				of := declared[n.Name]
				if foreign := (of == makes || of == ends) && of != side && side != joins; foreign && !local[n.Name] {
					out = append(out, name+" uses "+n.Name)
				}
			}
			return true
		})
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// locals are the names of a file's fields, parameters, variables and keys, which are none of
// another file's functions or types.
func locals(file *ast.File) map[string]bool {
	out := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			for _, name := range n.Names {
				out[name.Name] = true
			}
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if id, is := e.(*ast.Ident); is && n.Tok == token.DEFINE {
					out[id.Name] = true
				}
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				out[name.Name] = true
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, is := e.(*ast.Ident); is {
					out[id.Name] = true
				}
			}
		case *ast.SelectorExpr:
			out[n.Sel.Name] = true
		case *ast.KeyValueExpr:
			if id, is := n.Key.(*ast.Ident); is {
				out[id.Name] = true
			}
		case *ast.FuncDecl:
			if n.Recv != nil {
				out[n.Name.Name] = true
			}
		}
		return true
	})
	return out
}
