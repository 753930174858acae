package tree

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

// A state directory that git tracks is found, and nothing is written: at the work
// tree's top, below it, in a further work tree, in every version of the index.
func TestTrackedState(t *testing.T) {
	for name, steps := range map[string]func(t *testing.T, top string) (repo string){
		"at the top": func(t *testing.T, top string) string { runGit(t, top, "add", "-Af"); return top },
		"below":      func(t *testing.T, top string) string { return filepath.Join(top, "infra/repo") },
		"version 4": func(t *testing.T, top string) string {
			runGit(t, top, "update-index", "--index-version", "4")
			return top
		},
		"split": func(t *testing.T, top string) string { runGit(t, top, "update-index", "--split-index"); return top },
		"further work tree": func(t *testing.T, top string) string {
			runGit(t, top, "commit", "-qm", "a")
			runGit(t, top, "worktree", "add", "-q", "../other")
			return filepath.Join(top, "../other")
		},
		"clone": func(t *testing.T, top string) string {
			runGit(t, top, "commit", "-qm", "a")
			runGit(t, top, "clone", "-q", ".", "../other")
			return filepath.Join(top, "../other")
		},
	} {
		t.Run(name, func(t *testing.T) {
			top := filepath.Join(scratch(t), "top")
			require.NoError(t, os.MkdirAll(filepath.Join(top, "infra/repo"), 0o755))
			runGit(t, top, "init", "-q")
			for _, dir := range []string{".", "infra/repo"} {
				must(t, quick(nil), openRoot(t, filepath.Join(top, dir)), tree(file(ks, "b: 1\n")), nil)
			}
			runGit(t, top, "add", "-A", ".")
			repo := filepath.Join(top, "infra/repo")
			root := openRoot(t, repo)
			must(t, quick(nil), root, tree(file(ks, "b: 1\n")), nil) // not tracked
			runGit(t, top, "add", "-f", ".stillsuit", "infra/repo/.stillsuit")
			repo = steps(t, top)
			root = openRoot(t, repo)
			before, state := snapshot(t, repo), snapshot(t, filepath.Join(repo, stateDir))
			fs, err := Verify(root, tree(file(ks, "b: 1\n")))
			require.NoError(t, err)
			require.Len(t, fs, 1)
			require.Equal(t, ".stillsuit/.gitignore: error: .stillsuit/.gitignore and 1 more are tracked by git, and every checkout would get them. "+
				"Run `git rm -rq --cached .stillsuit` and commit that. [tree/tracked-state]", fs[0].String())
			_, fs, err = Write(root, tree(file(ks, "b: 2\n")), nil)
			require.NoError(t, err)
			require.Equal(t, []string{codeTracked + " .stillsuit/.gitignore"}, codes(fs))
			_, fs, err = Recover(root)
			require.NoError(t, err)
			require.Len(t, fs, 1)
			require.Equal(t, before, snapshot(t, repo))
			require.Equal(t, state, snapshot(t, filepath.Join(repo, stateDir)))

			runGit(t, repo, "rm", "-rq", "--cached", ".stillsuit") // the fix
			must(t, quick(nil), root, tree(file(ks, "b: 2\n")), nil)
		})
	}
}

// The branch, as git checks it out where a run was interrupted: the other
// journal is refused with what it would change, and its fix works.
func TestBranchWithJournal(t *testing.T) {
	repo := scratch(t)
	runGit(t, repo, "init", "-q")
	put(t, repo, "Makefile", "all:\n")
	root := openRoot(t, repo)
	must(t, quick(nil), root, tree(file(ks, "b: 1\n")), nil)
	runGit(t, repo, "add", "-A")
	runGit(t, repo, "commit", "-qm", "a")
	runGit(t, repo, "checkout", "-qb", "evil")
	put(t, repo, stateDir+"/journal.json", `{"version":1,"entries":[{"path":"Makefile","old":"`+sum([]byte("all:\n"))+`"}]}`)
	runGit(t, repo, "add", "-f", stateDir+"/journal.json")
	runGit(t, repo, "commit", "-qm", "b")
	runGit(t, repo, "checkout", "-q", "-")
	killed(t, child(t, "crash at the tree", repo))
	runGit(t, repo, "checkout", "-fq", "evil")
	before := snapshot(t, repo)
	for range 2 {
		_, fs, err := Recover(root)
		require.NoError(t, err)
		require.Equal(t, []string{codeJournal + " .stillsuit/journal.json", codeTracked + " .stillsuit/journal.json"}, codes(fs))
		require.Contains(t, fs[0].Message(), "would change Makefile.")
		require.Equal(t, before, snapshot(t, repo))
		fs, err = Verify(root, tree(file(ks, "b: 1\n")))
		require.NoError(t, err)
		require.Equal(t, []string{codeJournal + " .stillsuit/journal.json", codeTracked + " .stillsuit/journal.json"}, codes(fs)[:2])
	}
	runGit(t, repo, "rm", "-rfq", "--cached", "--ignore-unmatch", ".stillsuit")
	require.NoError(t, os.RemoveAll(filepath.Join(repo, stateDir)))
	must(t, quick(nil), root, tree(file(ks, "b: 1\n")), nil)
	require.Equal(t, "all:\n", get(t, repo, "Makefile"))

	// A journal of this checkout that was committed and comes back in a clone.
	killed(t, child(t, "crash at the tree", repo))
	runGit(t, repo, "add", "-f", stateDir)
	runGit(t, repo, "commit", "-qm", "c")
	clone := filepath.Join(scratch(t), "clone")
	runGit(t, repo, "clone", "-q", ".", clone)
	runGit(t, clone, "rm", "-rqf", "--cached", stateDir) // as in a download without .git
	_, fs, err := Recover(openRoot(t, clone))
	require.NoError(t, err)
	require.Equal(t, []string{codeJournal + " .stillsuit/journal.json"}, codes(fs))
}

// An index that cannot be read matters where the state directory holds more than
// a run leaves.
func TestUnreadableIndex(t *testing.T) {
	repo := scratch(t)
	runGit(t, repo, "init", "-q")
	root := openRoot(t, repo)
	put(t, repo, ".git/index", "DIRC and no more")
	must(t, quick(nil), root, tree(file(ks, "b: 1\n")), nil)
	must(t, quick(nil), root, tree(file(ks, "b: 2\n")), nil)
	put(t, repo, stateDir+"/stage/0", "mine\n")
	fs, err := Verify(root, tree(file(ks, "b: 2\n")))
	require.NoError(t, err)
	require.Len(t, fs, 1)
	require.Equal(t, finding.Warning, fs[0].Severity)
	require.Equal(t, ".stillsuit: warning: .stillsuit may be tracked by git: read .git/index: it is no index that stillsuit can read. "+
		"Run `git ls-files .stillsuit`, and take out of git what it lists. [tree/tracked-state]", fs[0].String())

	// It keeps nobody from completing a write.
	require.NoError(t, os.RemoveAll(filepath.Join(repo, stateDir, stageDir)))
	must(t, quick(nil), root, tree(file(ks, "b: 1\n")), nil)
	killed(t, child(t, "crash at the tree", repo))
	done, fs, err := Recover(root)
	require.NoError(t, err)
	require.Empty(t, fs)
	require.True(t, done)

	// Whether an ignored file is tracked is not known then.
	put(t, repo, ".gitignore", "flux-system/\n")
	fs, err = Verify(root, tree(file(ks, "b: 2\n")))
	require.NoError(t, err)
	require.Equal(t, []string{codeGitIgnore + " .gitignore"}, codes(fs))
	require.Equal(t, finding.Warning, fs[0].Severity)
	require.Contains(t, fs[0].Message(), "unless it is tracked: read .git/index: ")
}
