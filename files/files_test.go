package files

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// pipe makes a directory with a named pipe, and returns whether somebody has it open.
func pipe(t *testing.T) (*os.Root, string, func() bool) {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(name, 0o644))
	root, err := OpenRoot(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, root.Close()) })
	return root, name, func() bool {
		f, err := os.OpenFile(name, os.O_WRONLY|syscall.O_NONBLOCK, 0) // fails without a reader: fifo(7)
		if err == nil {
			require.NoError(t, f.Close())
		}
		return err == nil
	}
}

// A pipe is refused, and not opened.
func TestAPipeIsNotOpened(t *testing.T) {
	root, name, opened := pipe(t)
	for _, read := range []func() error{
		func() error { _, err := FS(root).Open("pipe"); return err },
		func() error { _, err := fs.ReadFile(FS(root), "pipe"); return err },
		func() error { _, err := fs.ReadDir(FS(root), "pipe"); return err },
		func() error { _, err := Read(name); return err },
	} {
		err := read()
		require.ErrorIs(t, err, fs.ErrInvalid)
		require.ErrorContains(t, err, "it is a named pipe, not a file")
		require.False(t, opened())
	}
	_, err := OpenRoot(name)
	require.ErrorContains(t, err, "it is no directory")

	// Mutant: what reads through os.Root alone opens the pipe, and waits until
	// somebody writes.
	done := make(chan error)
	go func() { _, err := fs.ReadFile(root.FS(), "pipe"); done <- err }()
	w, err := os.OpenFile(name, os.O_WRONLY, 0) // waits for the reader
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, <-done)
}

// One that takes the place of a file in between is refused too, and not waited for.
func TestAPipeThatTakesTheFilesPlace(t *testing.T) {
	root, _, opened := pipe(t)
	file, err := fs.Stat(fstest.MapFS{"pipe": {Mode: 0o644}}, "pipe")
	require.NoError(t, err)
	swapped := place{func(string) (fs.FileInfo, error) { return file, nil }, root.OpenFile}
	_, err = swapped.file("pipe")
	require.ErrorContains(t, err, "it is a named pipe, not a file")
	require.False(t, opened())
}

func TestFS(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "a/b"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a/b/c"), []byte("x"), 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "d"), nil, 0o644))
	require.NoError(t, os.Truncate(filepath.Join(dir, "d"), maxFile+1))
	root, err := OpenRoot(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, root.Close()) }()
	_, err = fs.ReadFile(FS(root), "d")
	require.ErrorContains(t, err, "it has more than 64 MiB")
	_, err = Read(filepath.Join(dir, "d"))
	require.ErrorContains(t, err, "it has more than 64 MiB")
	require.NoError(t, os.Remove(filepath.Join(dir, "d")))
	require.NoError(t, fstest.TestFS(FS(root), "a/b/c"))
}
