package tree

import (
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// crashTrees returns an old and a new tree that differ in many files.
func crashTrees(seed int) (old, next []Tree) {
	r := rand.New(rand.NewPCG(uint64(seed), 17))
	for len(rendered(next)) < 8 || maps.Equal(rendered(old), rendered(next)) {
		old, next = randomTree(r, 12), randomTree(r, 12)
	}
	return old, next
}

// dieAt ends the process at the k-th operation; a write ends in its middle.
func dieAt(k int) func(op, p string) error {
	return countSteps(func(n int, op, _ string) error {
		if n != k {
			return nil
		}
		if op == "write" {
			return errTorn
		}
		die()
		return nil
	})
}

// forgetful is a disk that keeps no journal.
type forgetful struct{ disk }

func (f forgetful) write(d *dir, name string, content []byte) error {
	if name == journalDraft {
		return nil
	}
	return f.disk.write(d, name, content)
}

func (f forgetful) rename(from *dir, name string, to *dir, newName string) error {
	if name == journalDraft {
		return nil
	}
	return f.disk.rename(from, name, to, newName)
}

// countOperations returns how many operations a write of next over old takes,
// by a writer whose disk may be wrapped.
func countOperations(t *testing.T, seed int, wrap func(disk) disk) int {
	t.Helper()
	old, next := crashTrees(seed)
	root := openRoot(t, scratch(t))
	must(t, quick(nil), root, old, nil)
	count := 0
	w := quick(func(string, string) error { count++; return nil })
	w.disk = wrap(w.disk)
	_, _, _ = w.write(root, next, nil)
	return count
}

func same(d disk) disk { return d }

// crash has another process die at operation k, and returns what is left.
func crash(t *testing.T, role string, seed, k int) (repo string) {
	t.Helper()
	old, _ := crashTrees(seed)
	repo = scratch(t)
	must(t, quick(nil), openRoot(t, repo), old, nil)
	killed(t, child(t, role, repo, seed, k))
	return repo
}

func killed(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "%s", out)
	status, ok := exit.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	require.Equal(t, syscall.SIGKILL, status.Signal(), string(out))
}

// whole says whether a repository holds all of the old or of the new tree.
func whole(t *testing.T, repo string, seed int) string {
	t.Helper()
	old, next := crashTrees(seed)
	now := snapshot(t, repo)
	// An empty tree keeps flux-system.
	delete(now, "flux-system/")
	for name, trees := range map[string][]Tree{"old": old, "new": next} {
		want := rendered(trees)
		delete(want, "flux-system/")
		if maps.Equal(want, now) {
			return name
		}
	}
	return "mixed"
}

// RELIABILITY row 17: SIGKILL at 200 random points; the next run finds or
// makes the tree all old or all new, 200 of 200.
func TestKilledWhileWriting(t *testing.T) {
	const pairs, points = 10, 20
	outcomes := map[string]int{}
	r := rand.New(rand.NewPCG(17, 17))
	for seed := range pairs {
		total := countOperations(t, seed, same)
		for range points {
			k := r.IntN(total)
			repo := crash(t, "crash", seed, k)
			root := openRoot(t, repo)
			_, next := crashTrees(seed)
			_, err := os.Lstat(filepath.Join(repo, stateDir, journalFile))
			interrupted := err == nil
			_, err = Verify(root, next)
			require.Equal(t, interrupted, errors.Is(err, ErrInterrupted))
			if !interrupted {
				outcomes["without a journal"]++
				require.NoError(t, err)
				require.NotEqual(t, "mixed", whole(t, repo, seed))
			} else if whole(t, repo, seed) == "mixed" {
				outcomes["mixed before recovery"]++
			}
			done, err := quick(nil).recoverRoot(root)
			require.NoError(t, err)
			require.Equal(t, interrupted, done)
			state := whole(t, repo, seed)
			require.NotEqual(t, "mixed", state, "seed %d, operation %d", seed, k)
			outcomes[state]++
			require.Empty(t, leftovers(t, repo))
			must(t, quick(nil), root, next, nil)
			require.Equal(t, "new", whole(t, repo, seed))
		}
	}
	require.Equal(t, pairs*points, outcomes["old"]+outcomes["new"])
	for _, outcome := range []string{"old", "new", "without a journal", "mixed before recovery"} {
		require.Greater(t, outcomes[outcome], 10, outcome)
	}
	t.Run("mutant without a journal", func(t *testing.T) {
		mixed := 0
		total := countOperations(t, 1, func(d disk) disk { return forgetful{d} })
		for k := total / 3; k < total; k += 4 {
			repo := crash(t, "crash without journal", 1, k)
			_, err := quick(nil).recoverRoot(openRoot(t, repo))
			require.NoError(t, err)
			if whole(t, repo, 1) == "mixed" {
				mixed++
			}
		}
		require.Positive(t, mixed)
	})
}

// A recovery that is killed is recovered from as well.
func TestKilledWhileRecovering(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 18))
	for seed := range 20 {
		total := countOperations(t, seed, same)
		repo := crash(t, "crash", seed, total/2+r.IntN(total/4))
		for range 3 {
			// An operation number beyond the end lets the recovery finish.
			cmd := child(t, "crash in recovery", repo, seed, r.IntN(30))
			if err := cmd.Run(); err == nil {
				break
			}
		}
		root := openRoot(t, repo)
		_, err := quick(nil).recoverRoot(root)
		require.NoError(t, err)
		require.NotEqual(t, "mixed", whole(t, repo, seed))
		require.Empty(t, leftovers(t, repo))
	}
}

// What was edited by hand between the crash and the next run is kept, and
// refused like every edit.
func TestEditAfterCrash(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 19))
	kept := 0
	for seed := range 20 {
		total := countOperations(t, seed, same)
		repo := crash(t, "crash", seed, total*4/10+r.IntN(total/4))
		root := openRoot(t, repo)
		edits := map[string]string{}
		_, next := crashTrees(seed)
		for p, content := range snapshot(t, repo) {
			if strings.HasPrefix(content, sealStart) {
				edits[p] = content + "edit: 1\n"
				put(t, repo, p, edits[p])
			}
		}
		_, fs, err := quick(nil).write(root, next, nil)
		require.NoError(t, err)
		for p, content := range edits {
			require.Equal(t, content, get(t, repo, p))
			kept++
		}
		if len(edits) > 0 {
			require.Len(t, fs, len(edits))
		}
		must(t, quick(nil), root, next, &WriteOptions{DiscardEdits: []string{"flux-system/turingpi"}})
		require.Equal(t, "new", whole(t, repo, seed))
	}
	require.Greater(t, kept, 20)

	// The run died between moving an edited file away and seeing that it was.
	repo := scratch(t)
	root := openRoot(t, repo)
	must(t, quick(nil), root, tree(file(ks, "b: 1\n")), nil)
	edited := get(t, repo, ks) + "edit: 1\n"
	put(t, repo, stateDir+"/old/0", edited)
	put(t, repo, stateDir+"/stage/0", string(Seal(file(ks, "b: 2\n"))))
	c := change{path: ks, old: sum([]byte(get(t, repo, ks))), new: sum(Seal(file(ks, "b: 2\n")))}
	left(t, repo, string(encodeJournal([]change{c}, nil)))
	require.NoError(t, os.Remove(filepath.Join(repo, ks)))
	_, fs, err := Write(root, tree(file(ks, "b: 2\n")), nil)
	require.NoError(t, err)
	require.Equal(t, []string{codeEdited + " " + ks}, codes(fs))
	require.Equal(t, edited, get(t, repo, ks))
}

func TestRecoverWithoutState(t *testing.T) {
	repo := scratch(t)
	done, fs, err := Recover(openRoot(t, repo))
	require.NoError(t, err)
	require.Empty(t, fs)
	require.False(t, done)
	require.NoDirExists(t, filepath.Join(repo, stateDir))
}
