package suite_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"stillsuit.dev/policies/library"
	"stillsuit.dev/policies/suite"
)

var update = flag.Bool("update", false, "write what is found into testdata")

// TestLibrary runs the tests of the library. The same tests are run by Kyverno's
// command line in tests/oracle/kyverno.
func TestLibrary(t *testing.T) {
	own := suite.Source{FS: library.FS}
	files, err := own.Find(".")
	require.NoError(t, err)
	tally, findings, err := own.Run(files...)
	require.NoError(t, err)
	require.Empty(t, findings)
	require.GreaterOrEqual(t, tally.Tests, 60)
	require.Greater(t, tally.Results, 5*tally.Tests)
	require.Zero(t, tally.Wrong)
}

// TestWrongExpectations gives each result of the library each other outcome: none is met.
func TestWrongExpectations(t *testing.T) {
	for _, change := range []*strings.Replacer{
		strings.NewReplacer("result: pass", "result: fail", "result: fail", "result: skip", "result: skip", "result: pass"),
		strings.NewReplacer("result: pass", "result: skip", "result: fail", "result: pass", "result: skip", "result: fail"),
		strings.NewReplacer("result: pass", "result: error", "result: fail", "result: error", "result: skip", "result: error"),
	} {
		changed := fstest.MapFS{}
		require.NoError(t, fs.WalkDir(library.FS, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := fs.ReadFile(library.FS, name)
			if filepath.Base(name) == suite.File {
				b = []byte(change.Replace(string(b)))
			}
			changed[name] = &fstest.MapFile{Data: b}
			return err
		}))
		own := suite.Source{FS: changed}
		files, err := own.Find(".")
		require.NoError(t, err)
		tally, findings, err := own.Run(files...)
		require.NoError(t, err)
		require.Equal(t, tally.Results, tally.Wrong)
		require.Len(t, findings, tally.Results)
	}
}

// TestFindings runs each archive, and holds what is found against its file want.
func TestFindings(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	shown := ""
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		require.NoError(t, err)
		files, want := fstest.MapFS{}, -1
		for i, f := range archive.Files {
			if f.Name == "want" {
				want = i
				continue
			}
			files[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		own := suite.Source{FS: files}
		tests, err := own.Find(".")
		require.NoError(t, err)
		tally, findings, err := own.Run(tests...)
		require.NoError(t, err)
		var b strings.Builder
		for _, f := range findings {
			b.WriteString(f.String() + "\n")
		}
		fmt.Fprintf(&b, "%d %d %d\n", tally.Tests, tally.Results, tally.Wrong)
		if *update {
			if want < 0 {
				want = len(archive.Files)
				archive.Files = append(archive.Files, txtar.File{Name: "want"})
			}
			archive.Files[want].Data = []byte(b.String())
			require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o644))
		}
		require.GreaterOrEqual(t, want, 0, "%s: -update writes want", name)
		require.Equal(t, string(archive.Files[want].Data), b.String(), name)
		shown += b.String()
	}
	for _, c := range suite.Codes() {
		require.Contains(t, shown+suite.None("docs").String(), string(c.Code))
	}
}
