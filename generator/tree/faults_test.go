package tree

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// fault is a way in which a disk fails from the k-th operation on. It returns
// nil where the operation works.
type fault func(k, n int, op, p string) error

// once fails one operation, and the disk works again.
func once(k, n int, op, _ string) error {
	if n == k && op != "open" {
		return syscall.ENOSPC
	}
	return nil
}

// full is a disk without space from then on: what takes none still works.
func full(k, n int, op, _ string) error {
	if n >= k && slices.Contains([]string{"write", "mark", "mkdir", "sync"}, op) {
		return syscall.ENOSPC
	}
	return nil
}

// deniable lists directories of a random tree.
func deniable() []string {
	dirs := []string{"flux-system/turingpi"}
	for _, a := range "abcde" {
		dirs = append(dirs, "flux-system/turingpi/"+string(a))
		for _, b := range "abcde" {
			dirs = append(dirs, "flux-system/turingpi/"+string(a)+"/"+string(b))
		}
	}
	return dirs
}

// readOnly denies changes in the k-th of the deniable directories.
func readOnly(k, _ int, op, p string) error {
	if op == "open" || op == "sync" {
		return nil
	}
	for name := range strings.FieldsSeq(p) {
		if path.Dir(name) == deniable()[k] {
			return syscall.EACCES
		}
	}
	return nil
}

// dead does nothing any more: not even undo.
func dead(k, n int, op, _ string) error {
	if n >= k && op != "open" {
		return syscall.EIO
	}
	return nil
}

// survives says what is wrong after a fault at operation k; "" when the old
// tree is intact, or the new one after the run was over.
func survives(t *testing.T, seed, k int, f fault) (wrong, outcome string) {
	t.Helper()
	old, next := crashTrees(seed)
	repo := scratch(t)
	root := openRoot(t, repo)
	must(t, quick(nil), root, old, nil)
	committed, failed := false, ""
	w := quick(countSteps(func(n int, op, p string) error {
		err := f(k, n, op, p)
		if err != nil && failed == "" {
			failed = p
		}
		if err == nil && op == "remove" && p == stateDir+"/"+journalFile && failed == "" {
			committed = true
		}
		return err
	}))
	// The wrapper says what an operating system would.
	w.disk = named{w.disk}
	_, findings, err := w.write(root, next, nil)
	state := whole(t, repo, seed)
	switch {
	case err == nil && failed == "":
		return "", "no fault"
	case err == nil:
		return "no error", state
	case len(findings) > 0:
		return "findings", state
	case !strings.Contains(err.Error(), strings.Fields(failed + " .")[0]):
		return "path not named: " + failed + " in " + err.Error(), state
	case !committed && state != "old", committed && state != "new":
		return "tree is " + state, state
	case !committed && len(leftovers(t, repo)) > 0:
		return "left " + strings.Join(leftovers(t, repo), " "), state
	}
	must(t, quick(nil), root, next, nil)
	if whole(t, repo, seed) != "new" || len(leftovers(t, repo)) > 0 {
		return "not recovered", state
	}
	return "", state
}

// named wraps the errors of a disk as the real one does.
type named struct{ disk }

func (d named) mkdir(p *dir, name string) error {
	return wrap("make directory", p.join(name), d.disk.mkdir(p, name))
}

func (d named) write(p *dir, name string, content []byte) error {
	return wrap("write", p.join(name), d.disk.write(p, name, content))
}

func (d named) mark(p *dir, name string) error {
	return wrap("write", p.join(name), d.disk.mark(p, name))
}

func (d named) rename(from *dir, name string, to *dir, newName string) error {
	return wrap("rename", from.join(name)+" "+to.join(newName), d.disk.rename(from, name, to, newName))
}

func (d named) remove(p *dir, name string) error {
	return wrap("remove", p.join(name), d.disk.remove(p, name))
}

func (d named) rmdir(p *dir, name string) error {
	return wrap("remove directory", p.join(name), d.disk.rmdir(p, name))
}

func (d named) sync(p *dir, paths []string) error {
	return wrap("sync", strings.Join(paths, " "), d.disk.sync(p, paths))
}

func wrap(op, p string, err error) error {
	if _, bare := err.(syscall.Errno); bare { //nolint:errorlint // only what a test made
		return pathError(op, p, err)
	}
	return err
}

// RELIABILITY row 18: a disk that is full, fails once, or denies a directory,
// from each operation on, at more than 50 offsets each.
func TestDiskFaults(t *testing.T) {
	all := func(t *testing.T, seed int) int { return countOperations(t, seed, same) }
	for name, tc := range map[string]struct {
		fault   fault
		seeds   int
		offsets func(t *testing.T, seed int) int
	}{
		"once":                {once, 3, all},
		"full":                {full, 3, all},
		"read-only directory": {readOnly, 12, func(*testing.T, int) int { return len(deniable()) }},
	} {
		t.Run(name, func(t *testing.T) {
			outcomes := map[string]int{}
			for seed := range tc.seeds {
				for k := range tc.offsets(t, seed) {
					wrong, outcome := survives(t, seed, k, tc.fault)
					require.Empty(t, wrong, "seed %d, operation %d", seed, k)
					outcomes[outcome]++
				}
			}
			require.Greater(t, outcomes["old"], 50, outcomes)
		})
	}
	t.Run("mutant that undoes nothing", func(t *testing.T) {
		mixed, total := 0, countOperations(t, 1, same)
		for k := range total {
			if wrong, _ := survives(t, 1, k, dead); wrong == "tree is mixed" {
				mixed++
			}
		}
		require.Greater(t, mixed, 3)
	})
}

// A generated file or a directory that may not be read is an error that names it,
// and no drift.
func TestUnreadableTree(t *testing.T) {
	for _, at := range []string{ks, app, sopsFile, filepath.Dir(app), "flux-system/turingpi"} {
		repo := t.TempDir()
		root := openRoot(t, repo)
		asUser(t, repo, func() { _, _, _ = quick(nil).write(root, stoppable(), nil) })
		require.NoError(t, os.Chmod(filepath.Join(repo, at), 0))
		asUser(t, repo, func() {
			_, err := quick(nil).verify(root, stoppable())
			require.ErrorIs(t, err, fs.ErrPermission, at)
			require.ErrorContains(t, err, at)
			_, _, err = quick(nil).write(root, stoppable(), nil)
			require.ErrorIs(t, err, fs.ErrPermission, at)
			require.ErrorContains(t, err, at)
		})
		require.NoError(t, os.Chmod(filepath.Join(repo, at), 0o755))
		asUser(t, repo, func() { must(t, quick(nil), root, stoppable(), nil) })
	}
}

// A real directory without write permission.
func TestReadOnlyDirectory(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	write := func(trees []Tree) (err error) {
		asUser(t, repo, func() { _, _, err = quick(nil).write(root, trees, nil) })
		return err
	}
	one := tree(file("flux-system/turingpi/a/x", "1\n"), file("flux-system/turingpi/b/x", "1\n"), file("flux-system/turingpi/c/x", "1\n"))
	two := tree(file("flux-system/turingpi/a/x", "2\n"), file("flux-system/turingpi/b/x", "2\n"), file("flux-system/turingpi/d/x", "1\n"))
	require.NoError(t, write(one))
	for _, dir := range []string{"flux-system/turingpi", "flux-system/turingpi/b", "flux-system/turingpi/c", stateDir} {
		before := snapshot(t, repo)
		require.NoError(t, os.Chmod(filepath.Join(repo, dir), 0o555))
		err := write(two)
		require.NoError(t, os.Chmod(filepath.Join(repo, dir), 0o755))
		require.ErrorIs(t, err, fs.ErrPermission, dir)
		require.ErrorContains(t, err, dir+"/")
		require.Equal(t, before, snapshot(t, repo), dir)
		require.Empty(t, leftovers(t, repo), dir)
	}
	require.NoError(t, write(two))
	require.Equal(t, rendered(two), snapshot(t, repo))
}
