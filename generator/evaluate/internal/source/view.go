package source

import (
	"io/fs"
	"path"
	"strings"
)

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
