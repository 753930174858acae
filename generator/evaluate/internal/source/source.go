// Package source is a repository as CUE reads it: the files that the loader sees beside the
// module that is compiled into the program, the packages that they make up, and what
// stillsuit expects of these.
//
// Names of files and directories are paths of this file system, which start with RepoMount
// or ModuleMount; Display makes one that a user knows.
package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"

	"stillsuit.dev/files"
	"stillsuit.dev/generator/git"
)

// The two trees that CUE's loader sees side by side: the repository and the
// module that is compiled into the program. Names in CUE's positions start
// with one of them.
const (
	RepoMount   = "repo"
	ModuleMount = "embedded"
)

// Opener opens a file or directory of the repository for reading, as files.Open does.
type Opener func(root *os.Root, name string) (*os.File, error)

// fileSystem is the file system that CUE's loader reads: repoMount through the
// repository's root, which symbolic links cannot leave, and moduleMount from
// memory. Every directory and file is read once, so that all clusters of a run
// see the same bytes. It is safe for concurrent use.
type fileSystem struct {
	root   *os.Root
	opener Opener
	module memory // nil when nothing is embedded

	mu    sync.Mutex
	dirs  map[string]*listing
	files map[string]*content
	bad   map[string]error // files that exist and must not be read, by name
}

type listing struct {
	entries []fs.DirEntry
	err     error
}

type content struct {
	data []byte
	err  error
}

func newFileSystem(root *os.Root, open Opener, module memory) *fileSystem {
	return &fileSystem{
		root: root, opener: open, module: module,
		dirs: map[string]*listing{}, files: map[string]*content{}, bad: map[string]error{},
	}
}

// locate returns the tree that name lies in and the path below it.
func (s *fileSystem) locate(op, name string) (mount, rest string, err error) {
	if !fs.ValidPath(name) {
		return "", "", &fs.PathError{Op: op, Path: name, Err: fs.ErrInvalid}
	}
	mount, rest, _ = strings.Cut(name, "/")
	if rest == "" {
		rest = "."
	}
	if mount == ModuleMount && s.module == nil || mount != RepoMount && mount != ModuleMount && mount != "." {
		return "", "", &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return mount, rest, nil
}

// ReadDir implements fs.ReadDirFS.
func (s *fileSystem) ReadDir(name string) ([]fs.DirEntry, error) {
	mount, rest, err := s.locate("readdir", name)
	if err != nil {
		return nil, err
	}
	if mount == "." {
		return []fs.DirEntry{fs.FileInfoToDirEntry(info{name: RepoMount, mode: fs.ModeDir})}, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if l, ok := s.dirs[name]; ok {
		return l.entries, l.err
	}
	l := &listing{}
	if mount == ModuleMount {
		l.entries, l.err = s.module.ReadDir(rest)
	} else {
		l.entries, l.err = s.readRootDir(name, rest)
	}
	s.dirs[name] = l
	return l.entries, l.err
}

func (s *fileSystem) readRootDir(name, rest string) ([]fs.DirEntry, error) {
	f, err := s.open(name, rest)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// open opens a file or directory of the repository, and nothing else.
func (s *fileSystem) open(name, rest string) (*os.File, error) {
	f, err := s.opener(s.root, rest)
	if err == nil {
		return f, nil
	}
	if other := (files.OtherError{}); errors.As(err, &other) {
		s.bad[name] = irregularError{other}
		return nil, &fs.PathError{Op: "open", Path: name, Err: s.bad[name]}
	}
	// A link that exists and cannot be followed inside the root escapes.
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) && !errors.Is(err, syscall.ENOTDIR) && escapes(err) {
		s.bad[name] = ErrOutside
		return nil, &fs.PathError{Op: "open", Path: name, Err: ErrOutside}
	}
	return nil, err
}

// ReadFile implements fs.ReadFileFS.
func (s *fileSystem) ReadFile(name string) ([]byte, error) {
	data, err := s.read(name)
	return bytes.Clone(data), err
}

// read returns the bytes of a file, which the caller must not change.
func (s *fileSystem) read(name string) ([]byte, error) {
	mount, rest, err := s.locate("read", name)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c, ok := s.files[name]; ok {
		return c.data, c.err
	}
	c := &content{}
	switch mount {
	case ModuleMount:
		c.data, c.err = s.module.ReadFile(rest)
	case RepoMount:
		c.data, c.err = s.readRootFile(name, rest)
	default:
		c.err = &fs.PathError{Op: "read", Path: name, Err: errIrregular}
	}
	s.files[name] = c
	return c.data, c.err
}

func (s *fileSystem) readRootFile(name, rest string) ([]byte, error) {
	f, err := s.open(name, rest)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	refuse := func(why error) ([]byte, error) {
		s.bad[name] = why
		return nil, &fs.PathError{Op: "read", Path: name, Err: why}
	}
	if !fi.Mode().IsRegular() {
		return refuse(irregularError{files.OtherError{Mode: fi.Mode()}})
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return refuse(errTooLarge)
	}
	if strings.HasSuffix(name, ".cue") && longestChain(data) > maxOperators {
		return refuse(errTooLong)
	}
	return bytes.TrimPrefix(git.Text(data), []byte("\ufeff")), nil
}

// Stat implements fs.StatFS.
func (s *fileSystem) Stat(name string) (fs.FileInfo, error) {
	mount, rest, err := s.locate("stat", name)
	switch {
	case err != nil:
		return nil, err
	case mount == ".":
		return info{name: ".", mode: fs.ModeDir}, nil
	case mount == ModuleMount:
		return s.module.Stat(rest)
	}
	fi, err := s.root.Stat(rest)
	if escapes(err) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.bad[name] = ErrOutside
		return nil, &fs.PathError{Op: "stat", Path: name, Err: ErrOutside}
	}
	return fi, err
}

// escapes reports whether an error is about a path that leads out of the root, for which
// os.Root has no exported error.
func escapes(err error) bool { return err != nil && strings.Contains(err.Error(), "escapes") }

// Open implements fs.FS.
func (s *fileSystem) Open(name string) (fs.File, error) {
	fi, err := s.Stat(name)
	if err != nil {
		return nil, err
	}
	if fi.IsDir() {
		entries, err := s.ReadDir(name)
		if err != nil {
			return nil, err
		}
		return &openDir{info: info{name: path.Base(name), mode: fs.ModeDir}, entries: entries}, nil
	}
	data, err := s.read(name)
	if err != nil {
		return nil, err
	}
	return &openFile{Reader: bytes.NewReader(data), info: info{name: path.Base(name), size: int64(len(data))}}, nil
}
