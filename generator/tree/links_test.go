package tree

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

// follow is a disk whose open follows symbolic links, the mutant of these
// tests.
type follow struct{ disk }

func (follow) open(parent *dir, name string) (*dir, error) {
	root, err := os.OpenRoot(filepath.Join(parent.root.Name(), name))
	if err != nil {
		return nil, pathError("open", parent.join(name), errors.Unwrap(err))
	}
	return &dir{path: parent.join(name), root: root}, nil
}

// touchedOutside reports whether anything beside the repository was written,
// removed or read since it was prepared.
func prepareOutside(t *testing.T) (repo string, changed func() string) {
	t.Helper()
	top := scratch(t)
	repo = filepath.Join(top, "repo")
	require.NoError(t, os.Mkdir(repo, 0o755))
	trees := tree(file("turingpi/a/x", "1\n"), file("turingpi/b/x", "1\n"), file("a/x", "1\n"), file("b/x", "1\n"), file("x", "1\n"), file("stale", "1\n"))
	for p, content := range rendered(trees) {
		if content != "" {
			put(t, top, "outside/"+p, content)
			put(t, top, "outside/flux-system/"+p, content)
		}
	}
	put(t, top, "outside/lock", "")
	put(t, top, "outside/journal.json", `{"version":1,"entries":[{"path":"x"}]}`)
	put(t, top, "outside/stage/0", "mine\n")
	put(t, top, "outside/old/0", "mine\n")
	before := snapshot(t, filepath.Join(top, "outside"))
	return repo, func() string {
		after := snapshot(t, filepath.Join(top, "outside"))
		for p, content := range before {
			if got, ok := after[p]; !ok || got != content {
				return "lost " + p
			}
		}
		for p := range after {
			if _, ok := before[p]; !ok {
				return "made " + p
			}
		}
		return ""
	}
}

// linkShapes are places for a symbolic link and what it points at, from there.
// Code is the finding that a write gives; "" when it may go on.
func linkShapes() map[string]struct{ at, to, code string } {
	return map[string]struct{ at, to, code string }{
		"flux-system to outside":          {"flux-system", "../outside/flux-system", codeLink},
		"flux-system to the root":         {"flux-system", ".", codeLink},
		"cluster to outside":              {"flux-system/turingpi", "../../outside/turingpi", codeLink},
		"cluster to a directory inside":   {"flux-system/turingpi", "../docs", codeLink},
		"namespace to outside":            {"flux-system/turingpi/a", "../../../outside/a", codeLink},
		"namespace to its neighbour":      {"flux-system/turingpi/a", "b", codeLink},
		"absolute":                        {"flux-system/turingpi/a", "ABSOLUTE/outside/a", codeLink},
		"dangling directory":              {"flux-system/turingpi/a", "nowhere", codeLink},
		"loop":                            {"flux-system/turingpi/a", "a", codeLink},
		"file to outside":                 {"flux-system/turingpi/x", "../../../outside/x", codeLink},
		"file to a file inside":           {"flux-system/turingpi/x", "b/x", codeLink},
		"dangling file":                   {"flux-system/turingpi/x", "../../../outside/new", codeLink},
		"chain of links":                  {"flux-system/turingpi/x", "hop", codeLink},
		"not wanted, to a sealed file":    {"flux-system/turingpi/stale", "../../../outside/stale", ""},
		"not wanted, to a sealed tree":    {"flux-system/turingpi/other", "../../../outside/turingpi", ""},
		"state directory":                 {stateDir, "../outside", codeState},
		"state directory, inside":         {stateDir, "docs", codeState},
		"lock":                            {stateDir + "/lock", "../../outside/lock", codeState},
		"journal":                         {stateDir + "/journal.json", "../../outside/journal.json", codeState},
		"stage":                           {stateDir + "/stage", "../../outside/stage", codeState},
		"old files":                       {stateDir + "/old", "../../outside/old", codeState},
		"what makes git ignore the state": {stateDir + "/.gitignore", "../../outside/x", ""},
	}
}

// tryShape writes and checks a tree in which there is a link, and says what
// went wrong.
func tryShape(t *testing.T, wrapped func(disk) disk, at, to, code string) string {
	t.Helper()
	repo, changed := prepareOutside(t)
	root := openRoot(t, repo)
	w := quick(nil)
	old := tree(file("flux-system/turingpi/a/x", "1\n"), file("flux-system/turingpi/b/x", "1\n"), file("flux-system/turingpi/x", "1\n"))
	next := tree(file("flux-system/turingpi/a/x", "2\n"), file("flux-system/turingpi/b/x", "2\n"), file("flux-system/turingpi/x", "2\n"))
	must(t, w, root, old, nil)
	put(t, repo, "docs/a/x", "mine\n")
	put(t, repo, "docs/x", "mine\n")
	full := filepath.Join(repo, at)
	require.NoError(t, os.RemoveAll(full))
	if rest, ok := cutPrefix(to, "ABSOLUTE"); ok {
		to = filepath.Dir(repo) + rest
	}
	require.NoError(t, os.Symlink(to, full))
	if to == "hop" {
		require.NoError(t, os.Symlink("../../../outside/x", filepath.Join(filepath.Dir(full), to)))
	}
	before := snapshot(t, repo)
	w.disk = wrapped(w.disk)
	if _, mutant := w.disk.(follow); mutant {
		w.shape = func(*os.Root) []finding.Finding { return nil }
	}
	_, _ = w.verify(root, next)
	_, fs, err := w.write(root, next, nil)
	if out := changed(); out != "" {
		return out
	}
	if link, err := os.Readlink(full); code != "" && (err != nil || link != to) {
		return "link replaced"
	}
	if code == "" {
		if err != nil || len(fs) > 0 {
			return "refused: " + codes(fs)[0]
		}
		return ""
	}
	if err != nil {
		return err.Error()
	}
	if len(fs) != 1 || string(fs[0].Code) != code || fs[0].Place.File != at {
		return "finding at the wrong place"
	}
	require.Equal(t, before, snapshot(t, repo))
	return ""
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}

// RELIABILITY row 2, output: links of more than 12 shapes; 0 outside, and
// nothing is written through them.
func TestLinks(t *testing.T) {
	for name, s := range linkShapes() {
		require.Empty(t, tryShape(t, same, s.at, s.to, s.code), name)
	}
	t.Run("mutant that follows links", func(t *testing.T) {
		for _, name := range []string{"flux-system to outside", "cluster to outside", "namespace to outside", "state directory", "stage"} {
			s := linkShapes()[name]
			require.NotEmpty(t, tryShape(t, func(d disk) disk { return follow{d} }, s.at, s.to, s.code), name)
		}
	})
}

// A file outside that a link leads to is not even read.
func TestLinksAreNotRead(t *testing.T) {
	repo, _ := prepareOutside(t)
	read := func(p string, f func()) bool {
		long := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
		full := filepath.Join(repo, "..", "outside", p)
		require.NoError(t, os.Chtimes(full, long, time.Now()))
		f()
		return !accessed(t, full).Equal(long)
	}
	if !read("x", func() { get(t, repo, "../outside/x") }) {
		t.Skip("this file system does not record when a file is read")
	}
	require.NoError(t, os.MkdirAll(filepath.Join(repo, "flux-system/turingpi"), 0o755))
	require.NoError(t, os.Symlink("../../../outside/x", filepath.Join(repo, "flux-system/turingpi/x")))
	require.NoError(t, os.Symlink("../../../outside/stale", filepath.Join(repo, "flux-system/turingpi/stale")))
	root := openRoot(t, repo)
	for _, p := range []string{"x", "stale"} {
		require.False(t, read(p, func() {
			_, _, err := Write(root, tree(file("flux-system/turingpi/x", "1\n")), nil)
			require.NoError(t, err)
			_, err = Verify(root, tree(file("flux-system/turingpi/x", "1\n")))
			require.NoError(t, err)
		}), p)
	}
}

// swap puts a link in the place of a directory, or takes it away again.
type swap struct{ path, to string }

func (s swap) in(repo string) error {
	full := filepath.Join(repo, s.path)
	if err := os.Rename(full, full+".aside"); err != nil {
		return err
	}
	return os.Symlink(s.target(repo), full)
}

func (s swap) out(repo string) error {
	full := filepath.Join(repo, s.path)
	if err := os.Remove(full); err != nil {
		return err
	}
	return os.Rename(full+".aside", full)
}

func (s swap) target(repo string) string {
	return filepath.Join(filepath.Dir(repo), "outside", s.to)
}

func swaps() []swap {
	return []swap{{"flux-system", "flux-system"}, {"flux-system/turingpi", "turingpi"}, {"flux-system/turingpi/a", "a"},
		{"flux-system/turingpi/b", "b"}, {stateDir, "."}, {stateDir + "/stage", "stage"}, {stateDir + "/old", "old"}}
}

func versions() [2][]Tree {
	var out [2][]Tree
	for i, text := range []string{"one\n", "two\n"} {
		out[i] = tree(file("flux-system/turingpi/a/x", text), file("flux-system/turingpi/b/x", text), file("flux-system/turingpi/x", text))
	}
	return out
}

// swapRuns swaps a directory ahead of one operation in each of many runs, and
// says what happened outside.
func swapRuns(t *testing.T, wrapped func(disk) disk, runs int) string {
	t.Helper()
	repo, changed := prepareOutside(t)
	root := openRoot(t, repo)
	r := rand.New(rand.NewPCG(2, 1))
	must(t, quick(nil), root, versions()[0], nil)
	for done, i := 0, 0; done < runs; i++ {
		s, k := swaps()[r.IntN(len(swaps()))], r.IntN(45)
		swapped := false
		w := quick(nil)
		w.disk = wrapped(&steps{disk: osDisk{}, before: countSteps(func(n int, _, _ string) error {
			if n == k && s.in(repo) == nil {
				swapped = true
				done++
			}
			return nil
		})})
		_, _, _ = w.write(root, versions()[i%2], nil)
		if swapped {
			if out := changed(); out != "" {
				return out
			}
			if err := s.out(repo); err != nil {
				return err.Error()
			}
		}
		// Whatever the swap broke off is completed or refused, never lost.
		_, fs, err := quick(nil).write(root, versions()[i%2], nil)
		if err != nil || len(fs) > 0 {
			return "not recovered"
		}
		if out := changed(); out != "" {
			return out
		}
	}
	require.Len(t, snapshot(t, repo), len(rendered(versions()[0])))
	return ""
}

// RELIABILITY row 2, output: a component swapped for a link in the middle of a
// run, 1 000 times; 0 outside.
func TestSwappedForALink(t *testing.T) {
	require.Empty(t, swapRuns(t, same, 1000))
	t.Run("mutant that follows links", func(t *testing.T) {
		require.NotEmpty(t, swapRuns(t, func(d disk) disk { return follow{d} }, 200))
	})
}
