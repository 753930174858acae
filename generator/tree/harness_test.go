package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

// steps is a disk that calls before ahead of every operation.
type steps struct {
	disk    disk
	before  func(op, path string) error
	durable bool // whether sync reaches the disk
}

func (s *steps) open(d *dir, name string) (*dir, error) {
	if err := s.before("open", d.join(name)); err != nil {
		return nil, err
	}
	return s.disk.open(d, name)
}

func (s *steps) mkdir(d *dir, name string) error {
	if err := s.before("mkdir", d.join(name)); err != nil {
		return err
	}
	return s.disk.mkdir(d, name)
}

func (s *steps) write(d *dir, name string, content []byte) error {
	if err := s.before("write", d.join(name)); err != nil {
		if errors.Is(err, errTorn) {
			_ = s.disk.write(d, name, content[:len(content)/2])
			die()
		}
		return err
	}
	return s.disk.write(d, name, content)
}

func (s *steps) mark(d *dir, name string) error {
	if err := s.before("mark", d.join(name)); err != nil {
		return err
	}
	return s.disk.mark(d, name)
}

func (s *steps) rename(from *dir, name string, to *dir, newName string) error {
	if err := s.before("rename", from.join(name)+" "+to.join(newName)); err != nil {
		return err
	}
	return s.disk.rename(from, name, to, newName)
}

func (s *steps) remove(d *dir, name string) error {
	if err := s.before("remove", d.join(name)); err != nil {
		return err
	}
	return s.disk.remove(d, name)
}

func (s *steps) rmdir(d *dir, name string) error {
	if err := s.before("rmdir", d.join(name)); err != nil {
		return err
	}
	return s.disk.rmdir(d, name)
}

func (s *steps) sync(d *dir, paths []string) error {
	if err := s.before("sync", strings.Join(paths, " ")); err != nil {
		return err
	}
	if !s.durable {
		return nil
	}
	return s.disk.sync(d, paths)
}

// quick returns a writer that does not sync: no test cuts the power. Before
// may be nil.
func quick(before func(op, path string) error) *writer {
	if before == nil {
		before = func(string, string) error { return nil }
	}
	w := newWriter()
	w.disk = &steps{disk: osDisk{}, before: before}
	return w
}

// countSteps returns a writer's disk operations with a number each, from 0.
func countSteps(f func(n int, op, path string) error) func(op, path string) error {
	n := -1
	return func(op, path string) error {
		n++
		return f(n, op, path)
	}
}

// scratch is t.TempDir in memory where there is such a place: some tests make
// tens of thousands of files.
func scratch(t *testing.T) string {
	t.Helper()
	const memory = "/dev/shm"
	dir, err := os.MkdirTemp(memory, "stillsuit-tree-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

func openRoot(tb testing.TB, dir string) *os.Root {
	tb.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = root.Close() })
	return root
}

// must writes trees and wants no findings.
func must(tb testing.TB, w *writer, root *os.Root, trees []Tree, opts *WriteOptions) *Report {
	tb.Helper()
	report, fs, err := w.write(root, trees, opts)
	require.NoError(tb, err)
	require.Empty(tb, fs)
	return report
}

// snapshot returns each file below dir but for those of the state directory,
// with its bytes, links with their target and directories with a slash.
func snapshot(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	out := map[string]string{}
	require.NoError(tb, filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || p == dir {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		switch {
		case rel == stateDir:
			return fs.SkipDir
		case e.IsDir():
			out[rel+"/"] = ""
		case e.Type() == fs.ModeSymlink:
			out[rel], err = os.Readlink(p)
		default:
			var data []byte
			data, err = os.ReadFile(p)
			out[rel] = string(data)
		}
		return err
	}))
	return out
}

// leftovers lists what is in the state directory but does not belong there
// between runs.
func leftovers(tb testing.TB, dir string) []string {
	tb.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, stateDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	require.NoError(tb, err)
	var names []string
	for _, e := range entries {
		if e.Name() != lockFile && e.Name() != ignoreFile {
			names = append(names, e.Name())
		}
	}
	return names
}

func put(tb testing.TB, dir, p, content string) {
	tb.Helper()
	p = filepath.Join(dir, p)
	require.NoError(tb, os.MkdirAll(filepath.Dir(p), 0o755))
	require.NoError(tb, os.WriteFile(p, []byte(content), 0o644))
}

func get(tb testing.TB, dir, p string) string {
	tb.Helper()
	data, err := os.ReadFile(filepath.Join(dir, p))
	require.NoError(tb, err)
	return string(data)
}

// left puts a journal where a run that died would have left it, with its mark.
func left(tb testing.TB, dir, journal string) {
	tb.Helper()
	put(tb, dir, stateDir+"/"+journalFile, journal)
	mark := filepath.Join(stateDir, stageDir, sum([]byte(journal)))
	put(tb, dir, mark, "")
	require.NoError(tb, os.Chmod(filepath.Join(dir, mark), markMode))
}

// codes returns the findings' codes and places.
func codes(fs []finding.Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, string(f.Code)+" "+f.Place.File)
	}
	return out
}

// randomTree makes a tree of up to n files from few names, so that two of them
// have files in common, and directories where the other one has files.
func randomTree(r *rand.Rand, n int) []Tree {
	t := Tree{Owned: []string{"flux-system/turingpi"}}
	files := map[string]bool{}
	for range 1 + r.IntN(n) {
		p := "flux-system/turingpi"
		for range 1 + r.IntN(3) {
			p = path.Join(p, string(rune('a'+r.IntN(5))))
		}
		free := true
		for q := range files {
			free = free && q != p && !strings.HasPrefix(q, p+"/") && !strings.HasPrefix(p, q+"/")
		}
		if free {
			files[p] = true
		}
	}
	for _, p := range slices.Sorted(maps.Keys(files)) {
		t.Files = append(t.Files, File{
			Path: p, Sources: []string{"clusters/turingpi/apps.cue"},
			Content: []byte(fmt.Sprintf("version: %d\n", r.IntN(4)) + strings.Repeat("line\n", r.IntN(20))),
		})
	}
	return []Tree{t}
}

// rendered is the snapshot of a directory that holds nothing but trees.
func rendered(trees []Tree) map[string]string {
	out := map[string]string{}
	for _, t := range trees {
		for _, f := range t.Files {
			out[f.Path] = string(Seal(f))
			for d := path.Dir(f.Path); d != "."; d = path.Dir(d) {
				out[d+"/"] = ""
			}
		}
	}
	return out
}
