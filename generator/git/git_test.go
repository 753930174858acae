package git

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// git runs git in dir, away from the user's configuration.
func git(tb testing.TB, dir, in string, args ...string) string {
	tb.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@a.example", "-c", "init.defaultBranch=main", "-c", "core.excludesFile="}, args...)...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(in)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + tb.TempDir(), "GIT_CONFIG_NOSYSTEM=1"}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if args[0] != "check-ignore" { // which exits with 1 when nothing is ignored
		require.NoError(tb, err, stderr.String())
	}
	return string(out)
}

func put(tb testing.TB, dir, p, content string) {
	tb.Helper()
	p = filepath.Join(dir, p)
	require.NoError(tb, os.MkdirAll(filepath.Dir(p), 0o755))
	require.NoError(tb, os.WriteFile(p, []byte(content), 0o644))
}

func open(tb testing.TB, dir string) *Checkout {
	tb.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(tb, err)
	c, err := Open(root)
	require.NoError(tb, err)
	tb.Cleanup(func() { c.Close(); _ = root.Close() })
	return c
}

// listed is what git says that its index holds below dir.
func listed(tb testing.TB, dir string) []string {
	tb.Helper()
	return sorted(strings.Split(strings.TrimSuffix(git(tb, dir, "", "ls-files", "-z"), "\x00"), "\x00"))
}

func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return out
}

// fill makes files whose names are long, alike, or not ASCII.
func fill(t *testing.T, dir string) {
	t.Helper()
	for i := range 60 {
		put(t, dir, fmt.Sprintf("flux-system/c%d/%s/ks.yaml", i%3, strings.Repeat("a", i)+"b"), "a: 1\n")
	}
	for _, name := range []string{"ä", "a b", "flux-system.yaml", ".stillsuit/lock", strings.Repeat("deep/", 40) + strings.Repeat("n", 200), strings.Repeat(strings.Repeat("m", 250)+"/", 11) + strings.Repeat("m", 250) + strings.Repeat("/mm", 250)} {
		put(t, dir, name, "a\n")
	}
}

// TestTracked compares with what git lists: four forms of the index always, and all with
// STILLSUIT_ORACLE=full.
func TestTracked(t *testing.T) {
	always := []string{"version 3", "SHA-256, 4", "split", "untracked"}
	for name, steps := range map[string]struct {
		init []string
		add  [][]string
	}{
		"version 2":    {nil, [][]string{{"update-index", "--index-version", "2"}}},
		"version 3":    {nil, [][]string{{"update-index", "--index-version", "3"}, {"update-index", "--skip-worktree", "ä"}}},
		"version 4":    {nil, [][]string{{"update-index", "--index-version", "4"}, {"update-index", "--skip-worktree", "ä"}}},
		"SHA-256":      {[]string{"--object-format=sha256"}, [][]string{{"update-index", "--index-version", "2"}}},
		"SHA-256, 4":   {[]string{"--object-format=sha256"}, [][]string{{"update-index", "--index-version", "4"}}},
		"no checksum":  {nil, [][]string{{"-c", "index.skipHash=true", "update-index", "--force-write-index"}}},
		"conflict":     {nil, [][]string{{"update-index", "--force-remove", "ä"}}},
		"split":        {nil, [][]string{{"update-index", "--split-index"}, {"rm", "-rfq", "--cached", "flux-system/c1", "a b"}, {"mv", "ä", "ö"}}},
		"shared, bare": {nil, [][]string{{"update-index", "--split-index"}}},
		"untracked":    {nil, [][]string{{"update-index", "--untracked-cache"}, {"status"}, {"commit", "-qm", "a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("STILLSUIT_ORACLE") != "full" && !slices.Contains(always, name) {
				t.Skip("with STILLSUIT_ORACLE=full")
			}
			dir := t.TempDir()
			git(t, dir, "", append([]string{"init", "-q"}, steps.init...)...)
			require.Empty(t, tracked(t, dir))
			fill(t, dir)
			git(t, dir, "", "add", "-A")
			for _, s := range steps.add {
				git(t, dir, "", s...)
			}
			require.Equal(t, listed(t, dir), tracked(t, dir))
			sub := filepath.Join(dir, "flux-system")
			require.Equal(t, listed(t, sub), tracked(t, sub))
			require.NotEmpty(t, tracked(t, sub))
		})
	}
}

func tracked(tb testing.TB, dir string) []string {
	tb.Helper()
	names, err := open(tb, dir).Tracked()
	require.NoError(tb, err)
	return sorted(names)
}

// A further work tree and a submodule have a file in the place of .git; git's
// environment counts for nothing.
func TestWhereGitIs(t *testing.T) {
	top := t.TempDir()
	main := filepath.Join(top, "main")
	put(t, main, "a", "")
	git(t, main, "", "init", "-q")
	git(t, main, "", "add", "-A")
	git(t, main, "", "commit", "-qm", "a")
	put(t, main, ".git/info/exclude", "/ignored\n")
	git(t, main, "", "worktree", "add", "-q", "../other")
	other := filepath.Join(top, "other")
	put(t, other, "b", "")
	git(t, other, "", "add", "b")
	t.Setenv("GIT_DIR", filepath.Join(main, ".git"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(main, ".git/index"))
	require.Equal(t, []string{"a", "b"}, tracked(t, other))
	ignored, err := open(t, other).Ignored([]string{"a", "ignored"})
	require.NoError(t, err)
	require.Equal(t, []Ignored{{"ignored", ".git/info/exclude", 1, "/ignored"}}, ignored)

	git(t, main, "", "-c", "protocol.file.allow=always", "submodule", "add", "-q", main, "sub")
	require.Equal(t, []string{"a"}, tracked(t, filepath.Join(main, "sub")))
	require.Equal(t, []string{".gitmodules", "a", "sub"}, tracked(t, main))

	// Through a symbolic link the directory is where it really is.
	put(t, main, "d/e", "")
	git(t, main, "", "add", "d")
	require.NoError(t, os.Symlink(filepath.Join(main, "d"), filepath.Join(top, "link")))
	require.Equal(t, []string{"e"}, tracked(t, filepath.Join(top, "link")))

	// A work tree whose git directory is elsewhere.
	put(t, top, "mounted/.git", "gitdir: /nowhere/.git/worktrees/x\n")
	_, err = open(t, filepath.Join(top, "mounted")).Tracked()
	require.EqualError(t, err, ".git names a git directory that is not there")
	put(t, top, "mounted/.gitignore", "a\n")
	ignored, err = open(t, filepath.Join(top, "mounted")).Ignored([]string{"a"})
	require.NoError(t, err)
	require.Len(t, ignored, 1)

	// No git, and a .git that is none.
	require.Empty(t, tracked(t, top))
	require.NoError(t, os.Mkdir(filepath.Join(main, "d", ".git"), 0o755))
	require.Equal(t, []string{"e"}, tracked(t, filepath.Join(main, "d")))
}

func TestSparseIndex(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "", "init", "-q")
	fill(t, dir)
	git(t, dir, "", "add", "-A")
	git(t, dir, "", "commit", "-qm", "a")
	git(t, dir, "", "sparse-checkout", "set", "--cone", "--sparse-index", "flux-system/c0")
	names := tracked(t, dir)
	require.Contains(t, names, ".stillsuit/")
	require.Contains(t, names, "flux-system/c1/")
}

// An index that cannot be read is an error, never an empty one.
func TestBrokenIndex(t *testing.T) {
	for _, version := range []string{"2", "4"} {
		dir := t.TempDir()
		git(t, dir, "", "init", "-q")
		fill(t, dir)
		git(t, dir, "", "add", "-A")
		git(t, dir, "", "update-index", "--index-version", version)
		whole, err := os.ReadFile(filepath.Join(dir, ".git/index"))
		require.NoError(t, err)
		r := rand.New(rand.NewPCG(1, 2))
		errs := 0
		for range 2000 {
			broken := slices.Clone(whole)
			if r.IntN(2) == 0 {
				broken = broken[:r.IntN(len(broken))]
			} else {
				for range 1 + r.IntN(4) {
					broken[r.IntN(len(broken))] = byte(r.IntN(256))
				}
			}
			if _, err := parse(broken); err != nil {
				errs++
			}
		}
		require.Greater(t, errs, 1000)
		require.NoError(t, os.Remove(filepath.Join(dir, ".git/index")))
		require.NoError(t, os.Mkdir(filepath.Join(dir, ".git/index"), 0o755))
		_, err = open(t, dir).Tracked()
		require.EqualError(t, err, "read .git/index: it is no regular file")
	}
}

func FuzzIndex(f *testing.F) {
	for _, args := range [][]string{{"--index-version", "2"}, {"--index-version", "4"}, {"--split-index"}} {
		dir := f.TempDir()
		git(f, dir, "", "init", "-q")
		put(f, dir, "a/b", "")
		put(f, dir, "a/c", "")
		git(f, dir, "", "add", "-A")
		git(f, dir, "", append([]string{"update-index"}, args...)...)
		data, err := os.ReadFile(filepath.Join(dir, ".git/index"))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		i, err := parse(data)
		if err == nil && len(i.link) > i.hash {
			_, _ = bits(i.link[i.hash:], 100)
		}
	})
}
