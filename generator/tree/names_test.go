package tree

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/finding"
)

func TestBadPath(t *testing.T) {
	long := strings.Repeat("a", 256)
	for p, want := range map[string]string{
		"flux-system/turingpi/home/mosquitto/ks.yaml": "",
		"a b/ü/日本.yaml":                               "",
		".sops.yaml":                                  "",
		"console/null/comb.yml":                       "",
		strings.Repeat("a", 255):                      "",
		"":                                            "a path needs at least one letter",
		"/etc/passwd":                                 "a path has to be relative to the repository",
		"a/../b":                                      `a path may have no ".." in it`,
		"..":                                          `a path may have no ".." in it`,
		"./a":                                         `a path may have no "." in it`,
		"a//b":                                        "a path may have no empty part",
		"a/":                                          "a path may have no empty part",
		`a\b`:                                         "a backslash separates directories on some systems",
		"a\x00b":                                      "a path may hold no control or invisible characters",
		"a\nb":                                        "a path may hold no control or invisible characters",
		"a\u202eb":                                    "a path may hold no control or invisible characters",
		"a\u2028b":                                    "a path may hold no control or invisible characters",
		".g\u200cit/config":                           "a path may hold no control or invisible characters",
		"a\xff":                                       "a path has to be valid UTF-8",
		"u\u0308":                                     "a path has to be in Unicode's normal form C, or macOS changes it",
		"\u212a":                                      "a path has to be in Unicode's normal form C, or macOS changes it",
		"a./b":                                        `"a." ends in a dot or a space, which Windows drops`,
		"a/b ":                                        `"b " ends in a dot or a space, which Windows drops`,
		".GIT/hooks/pre-commit":                       `".GIT" belongs to git`,
		"git~1/config":                                `"git~1" belongs to git`,
		".stillsuit/lock":                             `".stillsuit" is where stillsuit keeps its lock and journal`,
		"home/CON/ks.yaml":                            `"CON" is the name of a device on Windows`,
		"nul.txt":                                     `"nul.txt" is the name of a device on Windows`,
		"lpt¹.tar.gz":                                 `"lpt¹.tar.gz" is the name of a device on Windows`,
		"aux .yaml":                                   `"aux .yaml" is the name of a device on Windows`,
		long:                                          "a part of a path may have 255 bytes and this one has 256",
		strings.Repeat("a/", 501):                     "a path may have 1000 bytes and this one has 1002",
	} {
		require.Equal(t, want, badPath(p), "%q", p)
	}
}

// hostile returns a name that somebody might try.
func hostile(r *rand.Rand) string {
	parts := []string{
		"..", "../..", "/", "//", `\`, `..\..`, "\x00", "\n", "CON", "nul.txt", "com1", "LPT9.yaml", ".", "a.", "a ",
		strings.Repeat("x", 300), "\xff\xfe", "u\u0308", "\u202e", "~", "$HOME", "%2e%2e", "C:", ".git", ".stillsuit",
		"home", "mosquitto", "ks.yaml", "é", "..a", "a..b", "-rf", "*", "'", "\"", "`id`", "\u200d", "日本",
	}
	var b strings.Builder
	for range 1 + r.IntN(6) {
		b.WriteString(parts[r.IntN(len(parts))])
		if r.IntN(2) == 0 {
			b.WriteByte('/')
		}
	}
	return b.String()
}

// outside returns a directory in which the repository is one directory beside
// others, and the repository.
func outside(t *testing.T) (string, string) {
	t.Helper()
	top := scratch(t)
	put(t, top, "sentinel/secret", "sentinel\n")
	put(t, top, "secret", "sentinel\n")
	repo := filepath.Join(top, "repo")
	require.NoError(t, os.Mkdir(repo, 0o755))
	return top, repo
}

func without(all map[string]string, prefix string) map[string]string {
	out := map[string]string{}
	for k, v := range all {
		if !strings.HasPrefix(k, prefix) {
			out[k] = v
		}
	}
	return out
}

// RELIABILITY row 1: 10 000 hostile names, 0 outside, 0 panics. What is
// refused is refused before anything is written.
func TestHostileNames(t *testing.T) {
	top, repo := outside(t)
	before := without(snapshot(t, top), "repo")
	root := openRoot(t, repo)
	r := rand.New(rand.NewPCG(1, 1))
	var good []Tree
	paths := places{fold: newFold(), at: map[string]place{}}
	bad := 0
	for i := range 10_000 {
		f := File{Path: hostile(r), Content: []byte("a: 1\n"), Sources: []string{"apps.cue"}}
		if i%2 == 0 {
			f.Path = "flux-system/" + f.Path
		}
		if badPath(f.Path) == "" {
			if other := paths.add(&f); other.file == nil {
				good = append(good, Tree{Files: []File{f}})
			}
			continue
		}
		bad++
		require.Empty(t, escapes(t, newWriter(), root, repo, f), "%q", f.Path)
	}
	require.Greater(t, bad, 5000)
	require.Greater(t, len(good), 50)
	report := must(t, quick(nil), root, good, nil)
	require.Len(t, report.Created, len(good))
	for _, p := range report.Created {
		_, err := os.Lstat(filepath.Join(repo, p))
		require.NoError(t, err)
	}
	require.Equal(t, before, without(snapshot(t, top), "repo"))
	t.Run("mutant", func(t *testing.T) {
		w := quick(nil)
		w.names = func([]Tree) []finding.Finding { return nil }
		_, repo := outside(t)
		for _, p := range []string{"../secret", "a/CON", "a\nb"} {
			require.NotEmpty(t, escapes(t, w, openRoot(t, repo), repo, File{Path: p}), "%q", p)
		}
	})
}

// escapes says what is wrong with the way in which w refuses a bad name.
func escapes(t *testing.T, w *writer, root *os.Root, repo string, f File) string {
	t.Helper()
	_, fs, err := w.write(root, []Tree{{Files: []File{f}}}, nil)
	if err != nil {
		return err.Error()
	}
	if len(fs) != 1 || fs[0].Code != codeBadPath {
		return "accepted"
	}
	if entries, err := os.ReadDir(repo); err != nil || len(entries) > 0 {
		return fmt.Sprint("wrote ", entries, err)
	}
	return ""
}

func TestOwnedHasToBeInside(t *testing.T) {
	_, repo := outside(t)
	for _, dir := range []string{"..", ".", "/", "", ".git"} {
		_, fs, err := Write(openRoot(t, repo), []Tree{{Owned: []string{dir}}}, nil)
		require.NoError(t, err)
		require.Len(t, fs, 1, "%q", dir)
	}
}

// collidingPair returns two paths that are one file, or cannot both be, on
// some disk.
func collidingPair(r *rand.Rand) (string, string) {
	letters := []string{"a", "b", "Z", "é", "ß", "σ", "ž", "ø", "я", "ñ", "ά"}
	name := func() string {
		s := "n"
		for range 1 + r.IntN(6) {
			s += letters[r.IntN(len(letters))]
		}
		return s
	}
	dir, base := name(), name()
	one := dir + "/" + base
	switch r.IntN(6) {
	case 0:
		return one, dir + "/" + strings.ToUpper(base)
	case 1:
		return one, strings.ToUpper(dir) + "/" + base
	case 2:
		return dir + "/x" + strings.ReplaceAll(base, "ß", "") + "ß", dir + "/x" + strings.ReplaceAll(base, "ß", "") + "SS"
	case 3:
		return one + "/σ", one + "/ς"
	case 4:
		return one, one + "/" + name()
	}
	return one, strings.Map(unicode.ToUpper, one) + "/" + name()
}

// RELIABILITY row 20: 500 colliding pairs, refused before writing, both places
// named.
func TestCollidingPaths(t *testing.T) {
	check := func(names func([]Tree) []finding.Finding) int {
		r := rand.New(rand.NewPCG(2, 2))
		repo := scratch(t)
		root := openRoot(t, repo)
		caught := 0
		for i := range 500 {
			a, b := collidingPair(r)
			if a == b {
				b += "/x"
			}
			w := newWriter()
			w.names = names
			w.disk = &steps{disk: osDisk{}, before: func(string, string) error { return os.ErrPermission }}
			one, two := File{Path: a, Sources: []string{"one.cue"}}, File{Path: b, Sources: []string{"two.cue"}}
			trees := []Tree{{Files: []File{one, two}}}
			if i%2 == 0 {
				trees = []Tree{{Files: []File{two}}, {Files: []File{one}}}
			}
			_, fs, err := w.write(root, trees, nil)
			if err == nil && len(fs) == 1 && fs[0].Code == codeColliding && leftovers(t, repo) == nil &&
				strings.Contains(fs[0].String(), "one.cue") && strings.Contains(fs[0].String(), "two.cue") {
				caught++
			}
		}
		return caught
	}
	require.Equal(t, 500, check(checkNames))
	t.Run("mutant", func(t *testing.T) {
		blind := func(trees []Tree) []finding.Finding {
			return checkNamesFolded(trees, func(s string) string { return s })
		}
		require.Less(t, check(blind), 300)
	})
}

func TestCollidingMessages(t *testing.T) {
	file := func(p, source string) File { return File{Path: p, Sources: []string{source}} }
	for _, tc := range []struct {
		a, b File
		want string
	}{
		{file("a/B.yaml", "one.cue"), file("a/b.yaml", "two.cue"), `two.cue: error: this would be written to "a/b.yaml". "a/B.yaml", made from one.cue, is the same file where case and accents do not count. Rename one of the two. [tree/colliding-paths]`},
		{file("a/b", "one.cue"), file("a/b", "two.cue"), `two.cue: error: this would be written to "a/b". So would something from one.cue. Rename one of the two. [tree/colliding-paths]`},
		{file("a/b", "one.cue"), file("a/b/c", "two.cue"), `two.cue: error: this would be written to "a/b/c". "a/b", made from one.cue, is a file and cannot be a directory too. Rename one of the two. [tree/colliding-paths]`},
		{file("a/b/c", "one.cue"), file("a/b", "two.cue"), `two.cue: error: this would be written to "a/b". "a/b/c", made from one.cue, needs a directory of that name. Rename one of the two. [tree/colliding-paths]`},
		{file("a/b/c", "one.cue"), file("A/d", "two.cue"), `two.cue: error: this would be written to "A/d". "a", made from one.cue, is the same file where case and accents do not count. Rename one of the two. [tree/colliding-paths]`},
	} {
		fs := checkNames([]Tree{{Files: []File{tc.a, tc.b}}})
		require.Len(t, fs, 1)
		require.Equal(t, tc.want, fs[0].String())
	}
	require.Empty(t, checkNames([]Tree{{Files: []File{file("a/b/c", ""), file("a/b/d", ""), file("a/e", ""), file("a/b/f", "")}}}))
}

func FuzzBadPath(f *testing.F) {
	for _, p := range []string{"a/b", "../a", "CON", "a\x00", "u\u0308"} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p string) {
		if badPath(p) == "" {
			require.True(t, filepath.IsLocal(p))
			require.Equal(t, p, filepath.Clean(p))
		}
	})
}
