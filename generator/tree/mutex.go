package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
)

// The files of stateDir, the directory at the repository's root in which a run
// prepares its work. It ignores itself in git.
const (
	stateDir   = ".stillsuit"
	lockFile   = "lock"
	ignoreFile = ".gitignore"
	ignoreText = "*\n"
)

// ErrBusy says that another run holds the repository's lock.
var ErrBusy = errors.New("another stillsuit is at work in this repository; run again when it is done")

// state is the open state directory, locked.
type state struct {
	top  *dir // the repository
	dir  *dir // .stillsuit
	lock *os.File
}

func (st *state) close() {
	_ = st.lock.Close() // drops the lock
	st.dir.close()
	st.top.close()
}

// openState opens the state directory, making it when it is not there, and
// takes the lock. A lock file that a dead process left is free again. What somebody
// else put there is refused before anything is written.
func (w *writer) openState(root *os.Root) (_ *state, err error) {
	if fs, err := w.state(root); err != nil {
		return nil, err
	} else if worst, some := finding.Worst(fs); some && worst == finding.Error {
		return nil, &refusal{fs}
	}
	top := &dir{path: ".", root: root, caller: true}
	if err := w.disk.mkdir(top, stateDir); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	d, err := w.disk.open(top, stateDir)
	if err != nil {
		return nil, err
	}
	if err := w.disk.write(d, lockFile, nil); err != nil && !errors.Is(err, fs.ErrExist) {
		d.close()
		return nil, err
	}
	lock, err := w.openLock(d, true)
	if err != nil {
		d.close()
		return nil, err
	}
	st := &state{top: top, dir: d, lock: lock}
	if err := w.ignoreState(st); err != nil {
		st.close()
		return nil, err
	}
	return st, nil
}

// openLock opens and takes the lock. The file is never removed: a process that
// waits to open it would then lock one that nobody else can see.
func (w *writer) openLock(d *dir, exclusive bool) (*os.File, error) {
	info, err := d.root.Lstat(lockFile)
	if err != nil {
		return nil, pathError("open", d.join(lockFile), err)
	}
	if info.Mode().Type() == fs.ModeSymlink {
		return nil, linkRefusal(d.join(lockFile))
	}
	if !info.Mode().IsRegular() {
		return nil, pathError("open", d.join(lockFile), files.OtherError{Mode: info.Mode()})
	}
	flag := os.O_RDONLY
	if exclusive {
		flag = os.O_RDWR // NFS asks for it
	}
	f, err := d.root.OpenFile(lockFile, flag|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, pathError("open", d.join(lockFile), err)
	}
	if err := w.lock(f, exclusive); err != nil {
		_ = f.Close()
		if errors.Is(err, ErrBusy) {
			return nil, err
		}
		return nil, fmt.Errorf("lock %s: %w", d.join(lockFile), err)
	}
	return f, nil
}

// ignoreState makes git ignore the state directory.
func (w *writer) ignoreState(st *state) error {
	info, err := st.dir.root.Lstat(ignoreFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.disk.write(st.dir, ignoreFile, []byte(ignoreText))
	case err != nil:
		return pathError("open", st.dir.join(ignoreFile), err)
	case info.Mode().IsRegular():
		if text, _, err := readFile(st.dir, ignoreFile, false, nil); err != nil || string(text) == ignoreText {
			return err
		}
	}
	// A crash, or a hand, left something else.
	if err := w.disk.remove(st.dir, ignoreFile); err != nil {
		return err
	}
	return w.disk.write(st.dir, ignoreFile, []byte(ignoreText))
}
