package tree

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"stillsuit.dev/files"
)

// disk is every operation that changes the disk, and the one that moves into a
// directory. Names are single path components.
type disk interface {
	// open opens a directory without following a symbolic link.
	open(parent *dir, name string) (*dir, error)
	mkdir(d *dir, name string) error
	// write makes a new file; when it fails, no file is left.
	write(d *dir, name string, content []byte) error
	// mark makes an empty file of a mode that no checkout makes: see isMarked.
	mark(d *dir, name string) error
	// rename replaces what newName names in to.
	rename(from *dir, name string, to *dir, newName string) error
	remove(d *dir, name string) error
	rmdir(d *dir, name string) error
	// sync makes files' bytes and directories' entries durable. The paths are
	// relative to top; those that are gone do not matter, the last one is there.
	sync(top *dir, paths []string) error
}

// osDisk is the real disk.
type osDisk struct{}

func (osDisk) open(parent *dir, name string) (*dir, error) { return openDir(parent, name) }

func (osDisk) mkdir(d *dir, name string) error {
	if err := d.root.Mkdir(name, 0o755); err != nil {
		return pathError("make directory", d.join(name), err)
	}
	return nil
}

func (osDisk) write(d *dir, name string, content []byte) error {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NONBLOCK, 0o644)
	if err != nil {
		return pathError("write", d.join(name), err)
	}
	_, err = f.Write(content)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = d.root.Remove(name) // the first error tells more
		return pathError("write", d.join(name), err)
	}
	return nil
}

func (osDisk) mark(d *dir, name string) error {
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|syscall.O_NONBLOCK, 0o644)
	if err != nil {
		return pathError("write", d.join(name), err)
	}
	err = f.Chmod(markMode) // not the umask's business
	if e := f.Close(); err == nil {
		err = e
	}
	// Some disks keep no modes: what is journalled there is not completed after a crash, but refused.
	if err != nil && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, errors.ErrUnsupported) {
		_ = d.root.Remove(name) // the first error tells more
		return pathError("write", d.join(name), err)
	}
	return nil
}

func (osDisk) rename(from *dir, name string, to *dir, newName string) error {
	f, err := from.handle()
	if err != nil {
		return err
	}
	t, err := to.handle()
	if err != nil {
		return err
	}
	if err := renameAt(f, name, t, newName); err != nil {
		return pathError("rename "+from.join(name)+" to", to.join(newName), err)
	}
	return nil
}

func (osDisk) remove(d *dir, name string) error {
	if err := d.root.Remove(name); err != nil {
		return pathError("remove", d.join(name), err)
	}
	return nil
}

func (osDisk) rmdir(d *dir, name string) error {
	f, err := d.handle()
	if err != nil {
		return err
	}
	if err := rmdirAt(f, name); err != nil {
		return pathError("remove directory", d.join(name), err)
	}
	return nil
}

func (osDisk) sync(top *dir, paths []string) error { return syncPaths(top, paths) }

// readFile returns the bytes of a regular file and what it was when it was
// read. It does not wait for a pipe, and fails on anything but a regular file
// with fs.ErrInvalid. Of a file whose first part bears no seal it returns that
// part only, when sealedOnly is set.
func readFile(d *dir, name string, sealedOnly bool, buf []byte) ([]byte, fs.FileInfo, error) {
	f, err := d.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if errors.Is(err, syscall.ENXIO) { // open(2): a socket cannot be opened
		err = files.OtherError{Mode: fs.ModeSocket}
	}
	if err != nil {
		return nil, nil, pathError("read", d.join(name), err)
	}
	defer func() { _ = f.Close() }() // opened for reading
	info, err := f.Stat()
	if err != nil {
		return nil, nil, pathError("read", d.join(name), err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, pathError("read", d.join(name), files.OtherError{Mode: info.Mode()})
	}
	buf, err = readAll(f, buf[:0], info.Size(), sealedOnly)
	if err != nil {
		return nil, nil, pathError("read", d.join(name), err)
	}
	return buf, info, nil
}
