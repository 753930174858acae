package lock_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"stillsuit.dev/generator/lock"
)

func openRoot(t *testing.T, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	return root
}

func TestUpdate(t *testing.T) {
	dir := t.TempDir()
	root := openRoot(t, dir)
	file := filepath.Join(dir, lock.File)
	_, err := lock.Update(root, func(*lock.Lock) {})
	require.NoError(t, err)
	require.NoFileExists(t, file, "nothing is no lock")

	image := lock.Image{Digest: digest, Platforms: []string{"linux/arm64"}, Provenance: lock.Registry, Seen: "2026-11-21"}
	add := func(l *lock.Lock) { l.Images["ghcr.io/a/b:1"] = image }
	l, err := lock.Update(root, add)
	require.NoError(t, err)
	want, err := l.Marshal()
	require.NoError(t, err)
	got, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	before, err := os.Stat(file)
	require.NoError(t, err)

	_, err = lock.Update(root, add)
	require.NoError(t, err)
	after, err := os.Stat(file)
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after), "equal bytes are not rewritten")

	// What could not be read is not written.
	_, err = lock.Update(root, func(l *lock.Lock) { l.Images["b"] = image })
	require.ErrorContains(t, err, `"b" is no reference`)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	again, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), string(again))
}

func TestUpdateKeepsWhatItCannotReplace(t *testing.T) {
	for name, prepare := range map[string]func(dir string) error{
		"a link out":  func(dir string) error { return os.Symlink("/etc/hostname", filepath.Join(dir, lock.File)) },
		"a link":      func(dir string) error { return os.Symlink("other", filepath.Join(dir, lock.File)) },
		"a directory": func(dir string) error { return os.Mkdir(filepath.Join(dir, lock.File), 0o755) },
		"no lock":     func(dir string) error { return os.WriteFile(filepath.Join(dir, lock.File), []byte("mine"), 0o644) },
	} {
		dir := t.TempDir()
		require.NoError(t, prepare(dir))
		_, err := lock.Update(openRoot(t, dir), func(l *lock.Lock) {
			l.Images["ghcr.io/a/b:1"] = lock.Image{Digest: digest, Platforms: []string{"linux/arm64"}, Provenance: lock.Registry, Seen: "2026-11-21"}
		})
		require.Error(t, err, name)
		_, err = os.Lstat(filepath.Join(dir, lock.File+".new"))
		require.ErrorIs(t, err, os.ErrNotExist, name)
	}
}

// What a run that died left is not written through, even if it is a link.
func TestUpdateAfterARunThatDied(t *testing.T) {
	for name, leave := range map[string]func(staged, other string) error{
		"half a lock": func(staged, _ string) error { return os.WriteFile(staged, []byte(`{"ver`), 0o644) },
		"a link":      func(staged, _ string) error { return os.Symlink("other", staged) },
		"a link out":  func(staged, other string) error { return os.Symlink(other, staged) },
	} {
		dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "other")
		for _, file := range []string{filepath.Join(dir, "other"), outside} {
			require.NoError(t, os.WriteFile(file, []byte("mine"), 0o644))
		}
		require.NoError(t, leave(filepath.Join(dir, lock.File+".new"), outside))
		_, err := lock.Update(openRoot(t, dir), func(l *lock.Lock) {
			l.Images["ghcr.io/a/b:1"] = lock.Image{Digest: digest, Platforms: []string{"linux/arm64"}, Provenance: lock.Registry, Seen: "2026-11-21"}
		})
		require.NoError(t, err, name)
		_, err = lock.Read(os.DirFS(dir))
		require.NoError(t, err)
		for _, file := range []string{filepath.Join(dir, "other"), outside} {
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			require.Equal(t, "mine", string(b), name)
		}
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 2)
	}
}
