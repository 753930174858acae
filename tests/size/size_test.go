package size

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// The bounds. Lines are those that are not blank, comments among them; tests count
// for none.
const (
	packageLines  = 3500
	typeMethods   = 25 // those of embedded types aside
	functionLines = 80
)

// exceptions are what may exceed its bound, with the reason: a package by its path, a
// type or function as PATH.NAME.
func exceptions() map[string]string {
	return map[string]string{}
}

// maxExceptions is how many of the exceptions may stay.
const maxExceptions = 5

// measured is the size of everything in a repository, and which of it exceeds its bound.
type measured struct {
	sizes    map[string]int
	exceeded []string // sorted
}

// measure reads all Go files but tests, those that are generated, and what lies below tests
// and testdata.
func measure(repo fs.FS) (*measured, error) {
	m := &measured{sizes: map[string]int{}}
	bounds := map[string]int{}
	err := fs.WalkDir(repo, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "tests" || d.Name() == "testdata" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		source, err := fs.ReadFile(repo, name)
		if err != nil {
			return err
		}
		if strings.HasPrefix(string(source), "// Code generated ") {
			return nil
		}
		dir := path.Dir(name)
		m.sizes[dir] += lines(string(source))
		bounds[dir] = packageLines
		return m.file(dir, name, source, bounds)
	})
	for name, size := range m.sizes {
		if size > bounds[name] {
			m.exceeded = append(m.exceeded, name)
		}
	}
	slices.Sort(m.exceeded)
	return m, err
}

// file measures the functions and types of a file.
func (m *measured) file(dir, name string, source []byte, bounds map[string]int) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		of := dir + "." + f.Name.Name
		if f.Recv != nil {
			receiver := dir + "." + typeName(f.Recv.List[0].Type)
			m.sizes[receiver]++
			bounds[receiver] = typeMethods
			of = receiver + "." + f.Name.Name
		}
		m.sizes[of] = lines(string(source[files.Position(f.Pos()).Offset:files.Position(f.End()).Offset]))
		bounds[of] = functionLines
	}
	return nil
}

// typeName is the name of a receiver's type.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return typeName(e.X)
	case *ast.IndexExpr:
		return typeName(e.X)
	case *ast.IndexListExpr:
		return typeName(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// lines counts the lines that are not blank.
func lines(text string) int {
	n := 0
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			n++
		}
	}
	return n
}

// TestSizes wants everything within its bounds but for the exceptions, and each of these
// beyond its own.
func TestSizes(t *testing.T) {
	m, err := measure(os.DirFS("../.."))
	require.NoError(t, err)
	require.Greater(t, len(m.sizes), 2000)
	allowed := exceptions()
	for _, name := range m.exceeded {
		if allowed[name] == "" {
			t.Errorf("%s has %d lines or methods: divide it", name, m.sizes[name])
		}
		delete(allowed, name)
	}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		t.Errorf("%s is within its bounds: remove it from the exceptions", name)
	}
	staying := maps.Clone(exceptions())
	maps.DeleteFunc(staying, func(_, reason string) bool { return reason == "being divided" })
	require.LessOrEqual(t, len(staying), maxExceptions)
}

// TestMutants exceeds each bound by one, and none by a blank line or a test.
func TestMutants(t *testing.T) {
	long := "func long() {\n" + strings.Repeat("\tdo()\n\n", functionLines-1) + "}\n"
	wide := ""
	for i := range typeMethods + 1 {
		wide += fmt.Sprintf("func (t *wide[T]) m%d() {}\n", i)
	}
	within := "func within() {\n" + strings.Repeat("\tdo()\n\n", functionLines-2) + "}\n"
	m, err := measure(fstest.MapFS{
		"a/a.go":          {Data: []byte("package a\n" + long + within)},
		"a/a_test.go":     {Data: []byte("package a\n" + strings.Repeat(long, 100))},
		"b/b.go":          {Data: []byte("package b\n" + wide)},
		"c/c.go":          {Data: []byte("package c\n" + strings.Repeat("// a\n", packageLines-1))},
		"d/d.go":          {Data: []byte("package d\n" + strings.Repeat("// a\n", packageLines-1))},
		"d/e.go":          {Data: []byte("package d\n\n")},
		"d/made.go":       {Data: []byte("// Code generated from x; DO NOT EDIT.\n\npackage d\n" + long)},
		"tests/f.go":      {Data: []byte("no Go")},
		"d/testdata/g.go": {Data: []byte("no Go")},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"a.long", "b.wide", "d"}, m.exceeded)
	require.Equal(t, map[string]int{"a": 162, "a.long": 81, "b.wide": 26, "d": 3501}, map[string]int{"a": m.sizes["a"], "a.long": m.sizes["a.long"], "b.wide": m.sizes["b.wide"], "d": m.sizes["d"]})
}
