package lock

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"stillsuit.dev/files"
)

// staged is where a new lock lies until it is complete.
const staged = File + ".new"

// Update reads the lock of the repository at root, lets change change it, and
// replaces the file at once: a run that dies leaves the old one. Equal bytes are
// not written. It returns the lock as it is now.
func Update(root *os.Root, change func(*Lock)) (*Lock, error) {
	info, err := root.Lstat(File)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no file", File) // perhaps a symbolic link, which would be lost
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	l, err := Read(files.FS(root))
	if err != nil {
		return nil, err
	}
	if l.Images == nil {
		l.Images = map[string]Image{}
	}
	change(l)
	now, err := l.Marshal()
	if err != nil {
		return nil, err
	}
	if _, err := Parse(now); err != nil { // nothing is written that could not be read
		return nil, fmt.Errorf("write %s: %w", File, err)
	}
	if before, err := fs.ReadFile(files.FS(root), File); err == nil && bytes.Equal(before, now) || err != nil && len(l.Images) == 0 {
		return l, nil
	}
	if err := replace(root, now); err != nil {
		return nil, errors.Join(fmt.Errorf("write %s: %w", File, err), discard(root))
	}
	return l, nil
}

func replace(root *os.Root, b []byte) error {
	if err := discard(root); err != nil { // of a run that died
		return err
	}
	f, err := root.OpenFile(staged, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return root.Rename(staged, File)
}

// discard removes what replace left.
func discard(root *os.Root) error {
	if err := root.Remove(staged); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
