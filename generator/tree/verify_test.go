package tree

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVerify(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	dir := "flux-system/turingpi/"
	names := []string{"changed", "edited", "fine", "foreign", "link", "missing"}
	var one, two []File
	for _, n := range names {
		one = append(one, file(dir+n, "a: 1\n"))
		two = append(two, file(dir+n, "a: 1\n"))
	}
	two[0].Content = []byte("a: 2\n")
	one = append(one, file(dir+"stale", "a: 1\n"), file(dir+"stale-edited", "a: 1\n"))
	must(t, quick(nil), root, tree(one...), nil)
	put(t, repo, dir+"edited", get(t, repo, dir+"edited")+"b: 1\n")
	put(t, repo, dir+"stale-edited", get(t, repo, dir+"stale-edited")+"b: 1\n")
	put(t, repo, dir+"foreign", "mine\n")
	put(t, repo, dir+"ignored", "mine\n")
	require.NoError(t, os.Remove(filepath.Join(repo, dir+"missing")))
	require.NoError(t, os.Remove(filepath.Join(repo, dir+"link")))
	require.NoError(t, os.Symlink("fine", filepath.Join(repo, dir+"link")))
	before, state := snapshot(t, repo), snapshot(t, filepath.Join(repo, stateDir))
	fs, err := Verify(root, tree(two...))
	require.NoError(t, err)
	require.Equal(t, []string{
		"tree/drift flux-system/turingpi",
		"tree/edited-file flux-system/turingpi/edited",
		"tree/foreign-file flux-system/turingpi/foreign",
		"tree/symlink flux-system/turingpi/link",
		"tree/edited-file flux-system/turingpi/stale-edited",
	}, codes(fs))
	require.Equal(t, "flux-system/turingpi: error: 3 files are out of date (changed, missing and stale). Run `stillsuit render` and commit what it changes. [tree/drift]", fs[0].String())
	require.Equal(t, before, snapshot(t, repo))
	require.Equal(t, state, snapshot(t, filepath.Join(repo, stateDir)))
}

// TestOneDriftIsAtItsFile, and many name their units.
func TestOneDriftIsAtItsFile(t *testing.T) {
	repo := t.TempDir()
	root := openRoot(t, repo)
	const dir = "flux-system/turingpi/"
	names := []string{"home/a/ks.yaml", "home/a/app/web.yaml", "home/b/app/web.yaml", "home/c/app/web.yaml", "kustomization.yaml", "media/d/app/e.yaml", "media/f/ks.yaml"}
	var one, two []File
	for _, n := range names {
		one = append(one, file(dir+n, "a: 1\n"))
		two = append(two, file(dir+n, "a: 2\n"))
	}
	must(t, quick(nil), root, tree(one...), nil)
	said := func(files ...File) string {
		fs, err := Verify(root, tree(files...))
		require.NoError(t, err)
		require.Len(t, fs, 1)
		return fs[0].String()
	}
	require.Equal(t, "flux-system/turingpi/home/a/ks.yaml: error: flux-system/turingpi/home/a/ks.yaml is out of date. Run `stillsuit render` and commit what it writes. [tree/drift]",
		said(slices.Concat(two[:1], one[1:])...))
	require.Equal(t, "flux-system/turingpi/home/a/ks.yaml: error: flux-system/turingpi/home/a/ks.yaml is stale. Nothing renders it any longer. Run `stillsuit render` and commit what it removes. [tree/drift]", said(one[1:]...))
	require.Equal(t, "flux-system/turingpi: error: 3 files are out of date (home/a and home/b). Run `stillsuit render` and commit what it changes. [tree/drift]", said(slices.Concat(two[:3], one[3:])...))
	require.Equal(t, "flux-system/turingpi: error: 7 files are out of date (home/a, home/b, home/c, kustomization.yaml and 2 more). Run `stillsuit render` and commit what it changes. [tree/drift]", said(two...))
}

func TestVerifyWritesNothing(t *testing.T) {
	repo := t.TempDir()
	fs, err := Verify(openRoot(t, repo), tree(file(ks, "a: 1\n")))
	require.NoError(t, err)
	require.Equal(t, []string{codeDrift + " " + ks}, codes(fs))
	entries, err := os.ReadDir(repo)
	require.NoError(t, err)
	require.Empty(t, entries)
}

// RELIABILITY row 21: a checkout with CRLF and byte order marks passes, and the
// next render writes the same bytes as ever. A letter changed as well is seen.
func TestCheckoutWithCRLFAndBOM(t *testing.T) {
	trees := append(bigTree(3, "one"), Tree{Files: []File{{Path: "crlf.yaml", Content: []byte("a: |\r\n  b\r\n")}}})
	repo := t.TempDir()
	root := openRoot(t, repo)
	must(t, quick(nil), root, trees, nil)
	want := snapshot(t, repo)
	for _, mark := range []string{"", bom} {
		for _, end := range []string{"\n", "\r\n"} {
			checkout := func(old, new string) {
				for p, content := range want {
					if !strings.HasSuffix(p, "/") {
						content = strings.ReplaceAll(content, "\r\n", "\n")
						put(t, repo, p, mark+strings.ReplaceAll(strings.Replace(content, old, new, 1), "\n", end))
					}
				}
			}
			checkout("", "")
			fs, err := Verify(root, trees)
			require.NoError(t, err)
			require.Empty(t, fs)
			must(t, quick(nil), root, trees, nil)
			require.Equal(t, want, snapshot(t, repo))

			checkout("one", "two") // the mutant
			fs, err = Verify(root, trees)
			require.NoError(t, err)
			require.Len(t, fs, 24)
			_, fs, err = Write(root, trees, nil)
			require.NoError(t, err)
			require.Len(t, fs, 24)
			must(t, quick(nil), root, trees, &WriteOptions{DiscardEdits: []string{"."}})
		}
	}
}

func TestCodesAreDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, c := range Codes() {
		require.NotEmpty(t, c.Title, c.Code)
		require.NotEmpty(t, c.Text, c.Code)
		require.NotEmpty(t, c.Example, c.Code)
		require.False(t, documented[string(c.Code)], c.Code)
		documented[string(c.Code)] = true
	}
	sources, err := filepath.Glob("*.go")
	require.NoError(t, err)
	used := map[string]bool{}
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && strings.HasPrefix(s, "tree/") {
					used[s] = true
				}
			}
			return true
		})
	}
	require.Equal(t, used, documented)
}
