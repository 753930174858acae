package size

import (
	"go/doc"
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

// withoutExample are packages that need none, with the reason.
func withoutExample() map[string]string {
	return map[string]string{
		"apps":                     "it embeds files, and nothing else",
		"schemas":                  "it embeds files, and nothing else",
		"checks/access":            "checks shows how a check is run",
		"checks/checktest":         "the checks' own tests show it",
		"checks/images/locking":    "it is for one command, and needs a registry",
		"checks/network":           "checks shows how a check is run",
		"cmd/stillsuit-gen/alone":  "it is for one command",
		"cmd/stillsuit-gen/apis":   "it is for one command",
		"cmd/stillsuit-gen/cuedoc": "it is for one command",
		"cmd/stillsuit-gen/native": "it is for one command",
		"generator/evaluate":       "generator shows it",
		"policies/library/fixture": "it is for tests of policies",
		"policies/suite":           "it is for `stillsuit policy test`",
	}
}

// undocumented are the packages without a comment of three lines, or without an example
// that runs and wants an output.
func undocumented(repo fs.FS) (comments, examples []string, err error) {
	said, shown := map[string]int{}, map[string]bool{}
	err = fs.WalkDir(repo, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == "tests" || d.Name() == "internal" || d.Name() == "testdata" || name != "." && strings.HasPrefix(d.Name(), ".")):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go"):
			return nil
		}
		source, err := fs.ReadFile(repo, name)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ParseComments)
		if err != nil || file.Name.Name == "main" {
			return err
		}
		dir := path.Dir(name)
		if strings.HasSuffix(name, "_test.go") {
			shown[dir] = shown[dir] || slices.ContainsFunc(doc.Examples(file), func(e *doc.Example) bool { return e.Output != "" })
			return nil
		}
		said[dir] += 0
		if file.Doc != nil {
			said[dir] += len(strings.Split(strings.TrimSpace(file.Doc.Text()), "\n"))
		}
		return nil
	})
	for _, dir := range slices.Sorted(maps.Keys(said)) {
		if said[dir] < 3 {
			comments = append(comments, dir)
		}
		if !shown[dir] {
			examples = append(examples, dir)
		}
	}
	return comments, examples, err
}

// TestDocumented wants `go doc` of each package to be a page: a comment that says what
// the package is for, and an example that runs.
func TestDocumented(t *testing.T) {
	comments, examples, err := undocumented(os.DirFS("../.."))
	require.NoError(t, err)
	require.Empty(t, comments, "the comment of a package has three lines at least")
	require.Equal(t, slices.Sorted(maps.Keys(withoutExample())), examples, "a package has an example with an output, or a reason in withoutExample")
}

func TestUndocumentedIsNoticed(t *testing.T) {
	const long = "// Package a is one\n// of\n// three.\npackage a\n"
	const example = "package a_test\n\nfunc Example() {\n\ta.Do()\n"
	comments, examples, err := undocumented(fstest.MapFS{
		"good/a.go":          {Data: []byte(long)},
		"good/a_test.go":     {Data: []byte(example + "\t// Output: 1\n}\n")},
		"short/a.go":         {Data: []byte("// Package a is one\n// of two.\npackage a\n")},
		"short/a_test.go":    {Data: []byte(example + "\t// Output: 1\n}\n")},
		"silent/a.go":        {Data: []byte(long)},
		"silent/a_test.go":   {Data: []byte(example + "}\n")},
		"main/a.go":          {Data: []byte("package main\n")},
		"good/internal/a.go": {Data: []byte("package a\n")},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"short"}, comments)
	require.Equal(t, []string{"silent"}, examples)
}
