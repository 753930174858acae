package git

import (
	"math/rand/v2"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// randomPattern is a line of an ignore file, sometimes one that is about the
// paths of the test, sometimes one that is hardly a pattern.
func randomPattern(r *rand.Rand) string {
	parts := []string{"a", "b", "ab", "flux-system", "c.yaml", "*", "**", "***", "?", "*.yaml", "a*", "[ab]", "[!a]", "[^a]", "[]a]", "[a-]", "[a-c]*", `\a`, `\*`,
		"[[:alpha:]]", "[[:nope:]]", "[[:a]", "[[:]", "[", "[a", "[/]", "[+-9]", `[\]]`, "é", "?[", " ", `\ `, `\`, "#", "!", "{a,b}", "a**", "**b", "*[!/]*", "[[:^alpha:]]", "[]-a]", "[a-\\c]", "."}
	var b strings.Builder
	if r.IntN(5) == 0 {
		b.WriteByte('!')
	}
	if r.IntN(4) == 0 {
		b.WriteByte('/')
	}
	for i := range 1 + r.IntN(3) {
		if i > 0 && r.IntN(3) > 0 {
			b.WriteByte('/')
		}
		b.WriteString(parts[r.IntN(len(parts))])
	}
	if r.IntN(4) == 0 {
		b.WriteByte('/')
	}
	return b.String() + []string{"", "", "", " ", "\r", "\t"}[r.IntN(6)]
}

// What git ignores is what Ignored says, by the same pattern: work trees of random patterns
// at four levels, in the whole and from a directory below; 150 of them with
// STILLSUIT_ORACLE=full.
func TestIgnoredAsGitDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var paths []string
	names := []string{"a", "b", "ab", "flux-system", "c.yaml", "é", "abc", "a b", "-", "[", "]", "*", "#"}
	for range 60 {
		p := names[r.IntN(len(names))]
		for range r.IntN(4) {
			p = path.Join(p, names[r.IntN(len(names))])
		}
		if p != "a" && p != "a/b" && p != "flux-system" { // directories below
			paths = append(paths, p)
		}
	}
	excluded, compared := 0, 0
	trees := 30
	if os.Getenv("STILLSUIT_ORACLE") == "full" {
		trees = 150
	}
	for range trees {
		dir := t.TempDir()
		git(t, dir, "", "init", "-q")
		for _, file := range []string{".gitignore", "a/.gitignore", "a/b/.gitignore", ".git/info/exclude", "flux-system/.gitignore"} {
			lines := []string{"# a comment"}
			for range r.IntN(5) {
				lines = append(lines, randomPattern(r))
			}
			put(t, dir, file, []string{"", "\ufeff"}[r.IntN(2)]+strings.Join(lines, "\n")+[]string{"", "\n"}[r.IntN(2)])
		}
		want := map[string]Ignored{}
		out := strings.Split(git(t, dir, strings.Join(paths, "\x00")+"\x00", "check-ignore", "--no-index", "-v", "-z", "--stdin"), "\x00")
		for ; len(out) >= 4; out = out[4:] {
			line, err := strconv.Atoi(out[1])
			require.NoError(t, err)
			if !strings.HasPrefix(out[2], "!") { // git names the pattern that takes a file back, too
				want[out[3]] = Ignored{out[3], out[0], line, out[2]}
			}
		}
		got, err := open(t, dir).Ignored(paths)
		require.NoError(t, err)
		have := map[string]Ignored{}
		for _, i := range got {
			have[i.Path] = i
		}
		for _, p := range paths {
			require.Equal(t, want[p], have[p])
		}
		excluded += len(want)
		compared += len(paths)
	}
	t.Logf("%d of %d paths ignored", excluded, compared)
	require.Greater(t, excluded, 6*trees)
	require.Less(t, excluded, compared*9/10)
}

// The package comment's two reasons for a matcher of our own.
func TestOrdinaryPatterns(t *testing.T) {
	for patterns, c := range map[string]struct {
		path string
		want bool
	}{
		"*.yaml\n!/flux-system\n":                     {"flux-system/ks.yaml", true},
		"/flux-system/**\n!/flux-system/attic.yaml\n": {"flux-system/attic.yaml", false},
	} {
		dir := t.TempDir()
		git(t, dir, "", "init", "-q")
		put(t, dir, ".gitignore", patterns)
		require.Equal(t, c.want, git(t, dir, c.path, "check-ignore", "--no-index", "--stdin") != "")
		ignored, err := open(t, dir).Ignored([]string{c.path})
		require.NoError(t, err)
		require.Equal(t, c.want, len(ignored) == 1)
	}
}

// Below the work tree's top, patterns above count, unless they exclude the whole
// directory: then it is somebody's scratch, and git has nothing to do with it.
func TestIgnoredBelow(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "", "init", "-q")
	put(t, dir, ".gitignore", "*.sops.yaml\nscratch/\n")
	put(t, dir, "infra/repo/.gitignore", "/flux-system/\n")
	put(t, dir, "infra/repo/x", "")
	put(t, dir, "scratch/repo/.gitignore", "*.md\n")
	ignored, err := open(t, dir+"/infra/repo").Ignored([]string{"a.sops.yaml", "flux-system/c/ks.yaml", "ks.yaml"})
	require.NoError(t, err)
	require.Equal(t, []Ignored{{"a.sops.yaml", "../../.gitignore", 1, "*.sops.yaml"}, {"flux-system/c/ks.yaml", ".gitignore", 1, "/flux-system/"}}, ignored)
	require.Equal(t, "infra/repo", open(t, dir+"/infra/repo").Prefix())
	ignored, err = open(t, dir+"/scratch/repo").Ignored([]string{"a.md", "a.sops.yaml"})
	require.NoError(t, err)
	require.Equal(t, []Ignored{{"a.md", ".gitignore", 1, "*.md"}}, ignored)
}

func TestUnreadableIgnoreFile(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "", "init", "-q")
	put(t, dir, "flux-system/.gitignore/x", "")
	_, err := open(t, dir).Ignored([]string{"flux-system/ks.yaml"})
	require.EqualError(t, err, "read flux-system/.gitignore: it is no regular file")
}
