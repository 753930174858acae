package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
)

// Repository is the CUE packages of a repository, and of the module that is compiled into
// the program. It is a snapshot: each directory and file is read once, when it is first
// needed. It is safe for concurrent use.
type Repository struct{ fs *fileSystem }

// Open returns the repository below root, which must hold cue.mod/module.cue, with the
// schemas and the catalogue that are compiled into the program, as in evaluate.Options. Its
// files are opened by open.
func Open(root *os.Root, open Opener, schemas, catalogue fs.FS) (*Repository, error) {
	module, err := embeddedModule(schemas, catalogue)
	if err != nil {
		return nil, err
	}
	r := &Repository{newFileSystem(root, open, module)}
	if _, err := r.Read(RepoMount + "/" + ModuleFile); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: this directory is not the root of a CUE module", ModuleFile)
	} else if err != nil {
		if r.Refused()[RepoMount+"/"+ModuleFile] != nil {
			return nil, fmt.Errorf("%s %w; put a copy of the module file in its place", ModuleFile, bare(err))
		}
		return nil, fmt.Errorf("read %s: %w", ModuleFile, bare(err))
	}
	return r, nil
}

// Read returns the bytes of a file, which the caller must not change.
func (r *Repository) Read(name string) ([]byte, error) { return r.fs.read(name) }

// ReadDir returns what a directory holds, sorted by name.
func (r *Repository) ReadDir(name string) ([]fs.DirEntry, error) { return r.fs.ReadDir(name) }

// Stat describes a file or directory.
func (r *Repository) Stat(name string) (fs.FileInfo, error) { return r.fs.Stat(name) }

// Failed returns why a file or directory could not be read that is there: the first
// one by name, of those that were asked for, without the directories of clusters other than
// this one. What does not exist, or must not be read, is the input's mistake and no failure.
func (r *Repository) Failed(cluster string) error { return r.fs.failed(cluster) }

// Refused returns the files that exist and must not be read, and why, of those that were
// asked for.
func (r *Repository) Refused() map[string]error { return r.fs.refused() }

// Packages returns the sorted names of the directories below dir that hold CUE
// files; none when dir does not exist.
func (r *Repository) Packages(dir string) ([]string, error) {
	entries, err := r.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read directory %s: %w", Display(dir), bare(err))
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
			files, err := r.CUEFiles(dir + "/" + e.Name())
			if cannotRead(err) {
				return nil, fmt.Errorf("read directory %s: %w", Display(dir+"/"+e.Name()), bare(err))
			}
			if err == nil && len(files) > 0 {
				names = append(names, e.Name())
			}
		}
	}
	slices.Sort(names)
	return names, nil
}

// CUEFiles returns the names of the files in dir that CUE takes into a package.
func (r *Repository) CUEFiles(dir string) ([]string, error) {
	entries, err := r.ReadDir(dir)
	var names []string
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() && strings.HasSuffix(name, ".cue") && !strings.HasPrefix(name, "_") && !strings.HasPrefix(name, ".") &&
			!strings.HasSuffix(name, "_tool.cue") && !strings.HasSuffix(name, "_test.cue") {
			names = append(names, name)
		}
	}
	return names, err
}

// CatalogueNames returns the sorted names of the catalogue's entries: those of
// the repository's apps/ and those that come with the program.
func (r *Repository) CatalogueNames() ([]string, error) {
	own, err := r.Packages(RepoMount + "/" + CatalogueDir)
	if err != nil {
		return nil, err
	}
	embedded, err := r.Packages(ModuleMount + "/" + CatalogueDir)
	names := slices.Concat(own, embedded)
	slices.Sort(names)
	return slices.Compact(names), err
}

// EntryDir returns the directory of a catalogue entry in the source, or "".
func (r *Repository) EntryDir(entry string) (string, error) {
	if !ValidName(entry) {
		return "", nil
	}
	for _, mount := range []string{RepoMount, ModuleMount} {
		dir := mount + "/" + CatalogueDir + "/" + entry
		files, err := r.CUEFiles(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrOutside) {
			return "", fmt.Errorf("read directory %s: %w", Display(dir), bare(err))
		}
		if len(files) > 0 || errors.Is(err, ErrOutside) {
			return dir, nil
		}
	}
	return "", nil
}

// safeName is what the name of a directory must match to be loaded: other
// characters mean something in a CUE import path.
var safeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$`)

// ValidName reports whether a directory of that name can be loaded: a cluster or an entry of the catalogue.
func ValidName(name string) bool { return safeName.MatchString(name) }
