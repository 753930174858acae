//go:build unix

package generator_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator"
	"stillsuit.dev/generator/tree"
	"stillsuit.dev/policies/library"
)

// rendersEach is the number of renders in each environment.
const rendersEach = 9

// umaskVariable makes the test's own binary a child that renders with this umask.
const umaskVariable = "STILLSUIT_TEST_UMASK"

// TestDeterminism renders turingpi 108 times, with 1, 2 and 16 threads in twelve
// processes that differ in time zone, locale and umask: one SHA-256.
func TestDeterminism(t *testing.T) {
	if umask := os.Getenv(umaskVariable); umask != "" {
		renderInChild(t, umask)
		return
	}
	program, err := os.Executable()
	require.NoError(t, err)
	sums := map[string]int{}
	for _, zone := range []string{"UTC", "Asia/Kathmandu", "America/St_Johns"} {
		for _, locale := range []string{"C", "tr_TR.UTF-8"} {
			for _, umask := range []string{"022", "077"} {
				child := exec.Command(program, "-test.run=^TestDeterminism$", "-test.v")
				child.Env = append(os.Environ(), "TZ="+zone, "LANG="+locale, "LC_ALL="+locale, umaskVariable+"="+umask)
				out, err := child.CombinedOutput()
				require.NoError(t, err, string(out))
				lines := bufio.NewScanner(bytes.NewReader(out))
				for lines.Scan() {
					if sum, ok := bytes.CutPrefix(lines.Bytes(), []byte("sum ")); ok {
						sums[string(sum)]++
					}
				}
			}
		}
	}
	require.Len(t, sums, 1)
	for _, n := range sums {
		require.Equal(t, 12*(rendersEach+1), n) // and one from the disk each
	}
}

// renderInChild prints a line "sum SHA-256" for each render, and one for what
// was written.
func renderInChild(t *testing.T, umask string) {
	mask, err := strconv.ParseInt(umask, 8, 0)
	require.NoError(t, err)
	syscall.Umask(int(mask))
	var last *generator.Rendering
	for i := range rendersEach {
		runtime.GOMAXPROCS([]int{1, 2, 16}[i%3])
		last = renderReference(t)
		fmt.Printf("sum %x\n", digest(last.Tree.Files))
	}
	repo, err := generator.Open("..", &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer repo.Close()
	dir := t.TempDir()
	out, err := repo.At(dir)
	require.NoError(t, err)
	defer out.Close()
	_, findings, err := generator.Write(out, []*generator.Rendering{last}, nil)
	require.NoError(t, err)
	require.Empty(t, findings)
	fmt.Printf("sum %x\n", digest(written(t, dir, last.Tree.Files)))
}

// renderReference renders turingpi from the repository's own files.
func renderReference(t *testing.T) *generator.Rendering {
	t.Helper()
	repo, err := generator.Open("..", &generator.Options{Library: library.FS})
	require.NoError(t, err)
	defer repo.Close()
	cluster, findings, err := generator.Load(t.Context(), repo, "turingpi")
	require.NoError(t, err)
	require.NotNil(t, cluster, findings)
	rendering, _, err := generator.Render(cluster)
	require.NoError(t, err)
	require.Greater(t, len(rendering.Tree.Files), 100)
	return rendering
}

// digest is one hash of all files, in their order.
func digest(files []tree.File) [sha256.Size]byte {
	var b bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&b, "%q %q %q %v\n", f.Path, f.Content, f.Sources, f.Once)
	}
	return sha256.Sum256(b.Bytes())
}

// written reads files back from the disk and takes their seals off. Files that
// nobody rendered fail the test.
func written(t *testing.T, dir string, files []tree.File) []tree.File {
	t.Helper()
	var found []tree.File
	require.NoError(t, filepath.WalkDir(filepath.Join(dir, tree.Root), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(files, func(f tree.File) bool { return f.Path == filepath.ToSlash(rel) })
		require.GreaterOrEqual(t, i, 0, rel)
		f := files[i]
		if !f.Once {
			require.Equal(t, string(tree.Seal(f)), string(content), rel)
			_, content, _ = bytes.Cut(content, []byte("\n"))
		}
		f.Content = content
		found = append(found, f)
		return nil
	}))
	slices.SortFunc(found, func(a, b tree.File) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return found
}

// TestDeterminismNotices shows that the digest notices what TestDeterminism is
// there for: one byte, one file, and an order that comes from a map.
func TestDeterminismNotices(t *testing.T) {
	files := renderReference(t).Tree.Files
	want := digest(files)

	byName := map[string]tree.File{}
	for _, f := range files {
		byName[f.Path] = f
	}
	sums := map[[sha256.Size]byte]bool{}
	for range 20 {
		var shuffled []tree.File
		for _, f := range byName { // the mistake
			shuffled = append(shuffled, f)
		}
		sums[digest(shuffled)] = true
	}
	require.Greater(t, len(sums), 1)

	require.NotEqual(t, want, digest(files[1:]))
	for i := range files {
		changed := slices.Clone(files)
		changed[i].Content = bytes.Clone(files[i].Content)
		changed[i].Content[len(changed[i].Content)/2] ^= 1
		require.NotEqual(t, want, digest(changed), files[i].Path)
	}
}
