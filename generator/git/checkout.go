// Package git reads what git knows of a checkout, without running git: the files
// that its index holds, and the patterns by which it ignores others. It writes
// nothing. The work tree and git's own directory may lie above the directory that
// is asked about; nothing else there is read.
//
// The ignore patterns have a matcher of our own. github.com/fluxcd/pkg/sourceignore/gitignore,
// which .sourceignore is read with, reads ordinary ones otherwise than git (2.6% of 7200
// paths under patterns without classes, escapes and odd stars): a pattern with a slash is
// about everything below what it names, and ** at its end about the directory itself. After
//
//	*.yaml
//	!/flux-system
//
// git ignores flux-system/ks.yaml, which is what render must report, and the library does
// not. After
//
//	/flux-system/**
//	!/flux-system/attic.yaml
//
// git adds flux-system/attic.yaml, and the library says that it is ignored.
package git

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"stillsuit.dev/files"
)

// Checkout is a directory of a work tree, or one that no git knows.
type Checkout struct {
	top    *os.Root // the work tree; the directory itself when it is in none
	own    *os.Root // git's directory of this work tree: its index; nil when there is none
	common *os.Root // git's directory of all work trees: info/exclude
	prefix string   // the directory, below top; "." at the top
	lost   error    // why no git was looked for
}

// Open finds the work tree that a directory lies in, as git does: the nearest
// directory at or above it with a .git, which may be a file that names git's
// directory, as in a further work tree or a submodule. The environment (GIT_DIR,
// GIT_INDEX_FILE) is not asked: the answer is about the files. Where git
// cannot be found for a reason, patterns in the directory count, and Tracked fails
// with it. Close it after use.
func Open(root *os.Root) (_ *Checkout, err error) {
	c := &Checkout{prefix: "."}
	dir, lost := absolute(root)
	if lost != nil {
		c.lost = lost
		c.top, err = root.OpenRoot(".")
		return c, err
	}
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	for top := dir; ; top = filepath.Dir(top) {
		at, err := gitDir(top)
		if err != nil { // git gives up here as well
			c.lost = err
			c.top, err = root.OpenRoot(".")
			return c, err
		}
		if at != "" {
			return c, c.open(top, dir, at)
		}
		if top == filepath.Dir(top) {
			c.top, err = root.OpenRoot(".")
			return c, err
		}
	}
}

// absolute is the real path of root, without symbolic links, as git climbs it.
func absolute(root *os.Root) (string, error) {
	dir, err := filepath.Abs(root.Name())
	if err != nil {
		return "", err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return "", err
	}
	named, err := os.Stat(dir)
	if err != nil {
		return "", err
	}
	opened, err := root.Stat(".")
	if err == nil && !os.SameFile(named, opened) {
		err = errors.New("the repository's directory was moved")
	}
	return dir, err
}

// gitDir returns git's directory for the work tree at top, or "" when top is
// none.
func gitDir(top string) (string, error) {
	at := filepath.Join(top, ".git")
	info, err := os.Stat(at)
	if err != nil {
		return "", nil //nolint:nilerr // git goes on to the directory above as well
	}
	if info.Mode().IsRegular() {
		root, err := os.OpenRoot(top)
		if err != nil {
			return "", err
		}
		defer func() { _ = root.Close() }() // opened for reading
		text, err := read(root, ".git", 1<<16)
		if err != nil {
			return "", err
		}
		named, ok := strings.CutPrefix(strings.TrimRight(string(text), "\r\n"), "gitdir: ")
		if !ok {
			return "", errors.New(".git is a file that names no git directory")
		}
		if at = named; !filepath.IsAbs(at) {
			at = filepath.Join(top, at)
		}
	}
	_, err = os.Lstat(filepath.Join(at, "HEAD"))
	switch {
	case err == nil:
		return at, nil
	case info.Mode().IsRegular(): // as in a container that has the work tree and not the rest
		return "", errors.New(".git names a git directory that is not there")
	}
	return "", nil // git takes no directory without HEAD for its own
}

func (c *Checkout) open(top, dir, at string) (err error) {
	if c.top, err = os.OpenRoot(top); err != nil {
		return err
	}
	if c.own, err = os.OpenRoot(at); err != nil {
		return err
	}
	rel, err := filepath.Rel(top, dir)
	if err != nil {
		return err
	}
	c.prefix = filepath.ToSlash(rel)
	shared := "."
	switch text, err := read(c.own, "commondir", 1<<16); {
	case err == nil:
		shared = strings.TrimRight(string(text), "\r\n")
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if !filepath.IsAbs(shared) {
		shared = filepath.Join(at, shared)
	}
	c.common, err = os.OpenRoot(shared)
	return err
}

// Close releases the checkout.
func (c *Checkout) Close() {
	for _, root := range []*os.Root{c.top, c.own, c.common} {
		if root != nil {
			_ = root.Close() // opened for reading
		}
	}
}

// Prefix is the directory as a path from the work tree's top, "." at the top.
func (c *Checkout) Prefix() string { return c.prefix }

// Shown turns a path from the top into one from the directory: "../.gitignore".
func (c *Checkout) Shown(p string) string {
	up := ""
	for dir := c.prefix; dir != "."; dir = path.Dir(dir) {
		if rest, ok := strings.CutPrefix(p, dir+"/"); ok {
			return up + rest
		}
		up += "../"
	}
	return up + p
}

// Read returns the bytes of a file at a path from the top. A file through which
// the work tree would be left is not read, nor is what is no file. The error names
// the path from the directory.
func (c *Checkout) Read(name string) ([]byte, error) {
	b, err := read(c.top, name, maxIgnore)
	return b, named(c.Shown(name), err)
}

// The largest files that are read; our choice. Git's index has about 100 bytes a
// file, and a file of patterns a line for each.
const (
	maxIndex  = 1 << 30
	maxIgnore = 16 << 20
)

// read returns the bytes of a regular file.
func read(root *os.Root, name string, most int64) ([]byte, error) {
	f, err := files.Open(root, name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // opened for reading
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no regular file")
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("it has more than %d bytes", most)
	}
	return b, err
}

// named is err with what was attempted, on a path from the directory instead of
// the one that the os package names.
func named(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}
