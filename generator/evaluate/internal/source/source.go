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
	"fmt"
	"io"
	"io/fs"
	"maps"
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

// refused returns the files that exist and must not be read, of those that were asked for.
func (s *fileSystem) refused() map[string]error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.bad)
}

// failed returns why a file or directory could not be read that is there: the first one by
// name, of those that were asked for, without the directories of other clusters.
func (s *fileSystem) failed(cluster string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	failures := map[string]error{}
	others := func(name string) bool {
		rest, in := strings.CutPrefix(name, RepoMount+"/"+ClustersDir+"/")
		of, _, _ := strings.Cut(rest, "/")
		return in && of != cluster
	}
	for name, l := range s.dirs {
		if cannotRead(l.err) && !others(name) {
			failures[name] = l.err
		}
	}
	for name, c := range s.files {
		if cannotRead(c.err) && !others(name) {
			failures[name] = c.err
		}
	}
	if len(failures) == 0 {
		return nil
	}
	first := slices.Min(slices.Collect(maps.Keys(failures)))
	return fmt.Errorf("read %s: %w", Display(first), bare(failures[first]))
}

// cannotRead reports whether an error is the operating system's, about a file that
// is there, and not about a name that no file can have.
func cannotRead(err error) bool {
	var errno syscall.Errno
	named := []syscall.Errno{syscall.ENOENT, syscall.ENOTDIR, syscall.ELOOP, syscall.ENAMETOOLONG, syscall.EINVAL, syscall.EILSEQ}
	return errors.As(err, &errno) && !slices.Contains(named, errno)
}

// bare is an error without the operation and the path that the os package adds.
func bare(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

type listing struct {
	entries []fs.DirEntry
	err     error
}

type content struct {
	data []byte
	err  error
}

func newFileSystem(root *os.Root, module memory) *fileSystem {
	return &fileSystem{
		root: root, opener: files.Open, module: module,
		dirs: map[string]*listing{}, files: map[string]*content{}, bad: map[string]error{},
	}
}

// cueOnly is the view of s for the loader: directories and CUE files. The
// loader would read every file with a known extension beside them.
type cueOnly struct{ *fileSystem }

// ReadDir implements fs.ReadDirFS.
func (c cueOnly) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := c.fileSystem.ReadDir(name)
	var kept []fs.DirEntry
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), ".cue") {
			kept = append(kept, e)
		}
	}
	return kept, err
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

// Sub implements fs.SubFS, keeping the methods that make reading cheap.
func (s *fileSystem) Sub(dir string) (fs.FS, error) { return subSource{s, dir}, nil }

// Sub implements fs.SubFS.
func (c cueOnly) Sub(dir string) (fs.FS, error) { return subSource{c, dir}, nil }

// wide is what CUE's loader asks of a file system.
type wide interface {
	fs.ReadDirFS
	fs.ReadFileFS
	fs.StatFS
}

// subSource is a directory of a source, as a file system.
type subSource struct {
	fsys wide
	dir  string
}

func (s subSource) full(name string) string { return path.Join(s.dir, name) }

func (s subSource) Open(name string) (fs.File, error)          { return s.fsys.Open(s.full(name)) }
func (s subSource) ReadDir(name string) ([]fs.DirEntry, error) { return s.fsys.ReadDir(s.full(name)) }
func (s subSource) ReadFile(name string) ([]byte, error)       { return s.fsys.ReadFile(s.full(name)) }
func (s subSource) Stat(name string) (fs.FileInfo, error)      { return s.fsys.Stat(s.full(name)) }

// OSRoot implements module.OSRootFS: the loader resolves it in its own file
// system, which is the source that s is a directory of.
func (s subSource) OSRoot() string { return "/" + s.dir }
