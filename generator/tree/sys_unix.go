//go:build linux || darwin

package tree

import (
	"os"

	"golang.org/x/sys/unix"
)

// renameAt renames between two open directories. The os package can rename
// below one os.Root only, and would look the directories up again.
func renameAt(from *os.File, name string, to *os.File, newName string) error {
	return unix.Renameat(int(from.Fd()), name, int(to.Fd()), newName)
}

// rmdirAt removes a directory and nothing else; os.Root.Remove would remove a
// file that has taken its place.
func rmdirAt(d *os.File, name string) error {
	return unix.Unlinkat(int(d.Fd()), name, unix.AT_REMOVEDIR)
}

// flock takes the advisory lock of an open file without waiting, or fails with
// ErrBusy. The kernel drops it with the process, however that ends.
func flock(f *os.File, exclusive bool) error {
	how := unix.LOCK_SH
	if exclusive {
		how = unix.LOCK_EX
	}
	err := unix.Flock(int(f.Fd()), how|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		return ErrBusy
	}
	return err
}
