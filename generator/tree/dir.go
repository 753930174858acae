package tree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// dir is an open directory inside the repository. It is reached from its
// parent without following a symbolic link, and stays the same directory
// whatever its path comes to mean.
type dir struct {
	path   string // relative to the repository's root; "." is the root
	root   *os.Root
	file   *os.File // the same directory, for its descriptor; opened when needed
	caller bool     // root belongs to the caller and is not closed
}

func (d *dir) close() {
	if d == nil {
		return
	}
	if d.file != nil {
		_ = d.file.Close() // opened for reading
	}
	if !d.caller {
		_ = d.root.Close()
	}
}

// join returns the path of name in d, relative to the repository's root.
func (d *dir) join(name string) string { return path.Join(d.path, name) }

// handle returns d as an open file.
func (d *dir) handle() (*os.File, error) {
	if d.file == nil {
		f, err := d.root.Open(".")
		if err != nil {
			return nil, pathError("open", d.path, err)
		}
		d.file = f
	}
	return d.file, nil
}

// entries lists d in no particular order.
func (d *dir) entries() ([]fs.DirEntry, error) {
	f, err := d.handle()
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, pathError("read directory", d.path, err)
	}
	es, err := f.ReadDir(-1)
	if err != nil {
		return nil, pathError("read directory", d.path, err)
	}
	return es, nil
}

// openDir opens the directory name in parent. A symbolic link there is a
// refusal, a missing directory fs.ErrNotExist, another file syscall.ENOTDIR.
func openDir(parent *dir, name string) (*dir, error) {
	p := parent.join(name)
	before, err := parent.root.Lstat(name)
	if err != nil {
		return nil, pathError("open", p, err)
	}
	switch {
	case before.Mode().Type() == fs.ModeSymlink:
		return nil, linkRefusal(p)
	case !before.IsDir():
		return nil, pathError("open", p, syscall.ENOTDIR)
	}
	root, err := parent.root.OpenRoot(name)
	if err != nil {
		return nil, pathError("open", p, err)
	}
	if after, err := root.Stat("."); err != nil || !os.SameFile(before, after) {
		_ = root.Close()
		return nil, linkRefusal(p)
	}
	return &dir{path: p, root: root}, nil
}

// walker opens directories one below the other. For paths in sorted order it
// opens each directory about once.
type walker struct {
	disk  disk
	stack []*dir // from the root down
	// missing is called when a directory is not there: it makes it, or fails.
	missing func(parent *dir, name string) error
}

func (w *walker) close() {
	for _, d := range w.stack[1:] {
		d.close()
	}
	w.stack = w.stack[:1]
}

// at returns the open directory at a path, which lasts until the next call.
func (w *walker) at(p string) (*dir, error) {
	for len(w.stack) > 1 {
		top := w.stack[len(w.stack)-1]
		if top.path == p || strings.HasPrefix(p, top.path+"/") {
			break
		}
		top.close()
		w.stack = w.stack[:len(w.stack)-1]
	}
	top := w.stack[len(w.stack)-1]
	if p == top.path {
		return top, nil
	}
	rest := p
	if top.path != "." {
		rest = p[len(top.path)+1:]
	}
	for name := range strings.SplitSeq(rest, "/") {
		next, err := w.disk.open(top, name)
		if errors.Is(err, fs.ErrNotExist) && w.missing != nil {
			if err := w.missing(top, name); err != nil {
				return nil, err
			}
			next, err = w.disk.open(top, name)
		}
		if err != nil {
			return nil, err
		}
		w.stack = append(w.stack, next)
		top = next
	}
	return top, nil
}

// pathError is err with what was attempted, on a path relative to the
// repository's root, in place of the one that the os package names.
func pathError(op, p string, err error) error {
	var pe *fs.PathError
	var le *os.LinkError
	switch {
	case errors.As(err, &pe):
		err = pe.Err
	case errors.As(err, &le):
		err = le.Err
	}
	return fmt.Errorf("%s %s: %w", op, printable(p), err)
}
