package flux

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/sourceignore/gitignore"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	disk "stillsuit.dev/files"
)

// The most that is read; our choice. Of the bundles that were looked at, Kyverno's and the Prometheus operator's are the largest, with 5.8 MB (install.yaml of 1.19.1) and 4.5 MB (bundle.yaml of 0.93).
const (
	maxFile  = 8 << 20  // bytes of a file
	maxTotal = 64 << 20 // bytes of all files
	maxFiles = 20_000
	maxLinks = 40 // links that are followed to one file, as Linux does
)

var (
	errOutside  = errors.New("it leads out of the repository")
	errTooLarge = fmt.Errorf("it has more than %d MiB", maxFile>>20)
	errTooMuch  = fmt.Errorf("the tree has more than %d files or %d MiB", maxFiles, maxTotal>>20)
	errReadOnly = errors.New("nothing is written here")
)

// files is the repository as kustomize sees it: the root is /, whatever is above
// does not exist, symbolic links are followed inside only, and YAML that is too
// large to parse cannot be read. Only what lies over it in memory can be written.
type files struct {
	root  *os.Root
	over  map[string][]byte
	cache map[string]content
	total int
	// patterns are those of .sourceignore, by directory. whole says that they do not count,
	// since the directory that is read is one which they leave out.
	patterns map[string][]gitignore.Pattern
	whole    bool
	// hidden are values that may be secrets: of generators, and of the files that are done,
	// when so many had been read as were when it was looked.
	hidden []string
	done   map[string]bool
	looked int
}

type content struct {
	data []byte
	err  error
}

var _ filesys.FileSystem = (*files)(nil)

func newFiles(root *os.Root) *files {
	return &files{root: root, over: map[string][]byte{}, cache: map[string]content{}, done: map[string]bool{}, patterns: map[string][]gitignore.Pattern{}}
}

// relative is a path of kustomize's relative to the root.
func relative(name string) string {
	if rel := strings.TrimPrefix(path.Clean("/"+filepath.ToSlash(name)), "/"); rel != "" {
		return rel
	}
	return "."
}

// resolve follows the symbolic links in a path, which is relative to the root.
func (f *files) resolve(name string) (string, error) {
	rest, at, links := strings.Split(name, "/"), "", 0
	for len(rest) > 0 {
		next := rest[0]
		rest = rest[1:]
		switch next {
		case "", ".":
			continue
		case "..":
			if at == "" {
				return "", errOutside
			}
			if at = path.Dir(at); at == "." {
				at = ""
			}
			continue
		}
		step := path.Join(at, next)
		info, err := f.root.Lstat(step)
		if err != nil {
			if _, laid := f.over[path.Join(append([]string{step}, rest...)...)]; laid {
				return path.Join(append([]string{step}, rest...)...), nil
			}
			return "", err
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			at = step
			continue
		}
		if links++; links > maxLinks {
			return "", errOutside
		}
		target, err := f.root.Readlink(step)
		if err != nil {
			return "", err
		}
		if path.IsAbs(filepath.ToSlash(target)) {
			return "", errOutside
		}
		rest = slices.Concat(strings.Split(filepath.ToSlash(target), "/"), rest)
	}
	if at == "" {
		return ".", nil
	}
	return at, nil
}

// ReadFile implements filesys.FileSystem.
func (f *files) ReadFile(name string) ([]byte, error) {
	real, err := f.resolve(relative(name))
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	if data, ok := f.over[real]; ok {
		return data, nil
	}
	return f.read(real)
}

// saved is a file as it is on disk, whatever lies over it.
func (f *files) saved(name string) ([]byte, error) {
	real, err := f.resolve(relative(name))
	if err != nil {
		return nil, err
	}
	return f.read(real)
}

func (f *files) read(real string) ([]byte, error) {
	c, ok := f.cache[real]
	if !ok {
		c.data, c.err = f.load(real)
		f.cache[real] = c
	}
	if c.err != nil {
		return nil, &fs.PathError{Op: "read", Path: real, Err: c.err}
	}
	return slices.Clone(c.data), nil
}

func (f *files) load(real string) ([]byte, error) {
	if len(f.cache) >= maxFiles || f.total >= maxTotal {
		return nil, errTooMuch
	}
	file, err := disk.Open(f.root, real)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, disk.OtherError{Mode: info.Mode()}
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, errTooLarge
	}
	f.total += len(data)
	if isYAML(real) {
		if err := guard(data); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func isYAML(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".yaml") || strings.HasSuffix(base, ".yml") || strings.HasSuffix(base, ".json") || base == "Kustomization"
}

// stat returns what is at a path, links followed.
func (f *files) stat(name string) (fs.FileInfo, string, error) {
	real, err := f.resolve(relative(name))
	if err != nil {
		return nil, "", err
	}
	info, err := f.root.Stat(real)
	return info, real, err
}

// IsDir implements filesys.FileSystem.
func (f *files) IsDir(name string) bool {
	info, _, err := f.stat(name)
	return err == nil && info.IsDir()
}

// Exists implements filesys.FileSystem.
func (f *files) Exists(name string) bool {
	if _, ok := f.over[relative(name)]; ok {
		return true
	}
	_, _, err := f.stat(name)
	return err == nil
}

// ReadDir implements filesys.FileSystem.
func (f *files) ReadDir(name string) ([]string, error) {
	entries, err := f.entries(relative(name))
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out, err
}

// entries are those of a directory, sorted by name.
func (f *files) entries(name string) ([]fs.DirEntry, error) {
	real, err := f.resolve(name)
	if err != nil {
		return nil, err
	}
	dir, err := disk.Open(f.root, real)
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }() // it was only read
	entries, err := dir.ReadDir(maxFiles)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// CleanedAbs implements filesys.FileSystem.
func (f *files) CleanedAbs(name string) (filesys.ConfirmedDir, string, error) {
	real, err := f.resolve(relative(name))
	if err != nil {
		return "", "", &fs.PathError{Op: "resolve", Path: name, Err: err}
	}
	if f.IsDir(real) {
		return filesys.ConfirmedDir(path.Join("/", real)), "", nil
	}
	return filesys.ConfirmedDir(path.Join("/", path.Dir(real))), path.Base(real), nil
}

// Walk implements filesys.FileSystem. Links are not followed.
func (f *files) Walk(name string, fn filepath.WalkFunc) error {
	return fs.WalkDir(disk.FS(f.root), relative(name), func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			return fn(path.Join("/", at), nil, err)
		}
		info, err := d.Info()
		return fn(path.Join("/", at), info, err)
	})
}

// Glob implements filesys.FileSystem.
func (f *files) Glob(pattern string) ([]string, error) {
	found, err := fs.Glob(disk.FS(f.root), relative(pattern))
	for i := range found {
		found[i] = path.Join("/", found[i])
	}
	return found, err
}

// Open implements filesys.FileSystem; nothing here opens files.
func (f *files) Open(string) (filesys.File, error) { return nil, errReadOnly }

// Create implements filesys.FileSystem, which is read only here.
func (f *files) Create(string) (filesys.File, error) { return nil, errReadOnly }

// Mkdir implements filesys.FileSystem, which is read only here.
func (f *files) Mkdir(string) error { return errReadOnly }

// MkdirAll implements filesys.FileSystem, which is read only here.
func (f *files) MkdirAll(string) error { return errReadOnly }

// RemoveAll implements filesys.FileSystem, which is read only here.
func (f *files) RemoveAll(string) error { return errReadOnly }

// WriteFile implements filesys.FileSystem, which is read only here.
func (f *files) WriteFile(string, []byte) error { return errReadOnly }
