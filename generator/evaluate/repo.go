package evaluate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"stillsuit.dev/finding"
)

const clustersDir = "clusters"

// Options change how a repository is opened.
type Options struct {
	// Schemas holds the CUE package stillsuit.dev/schemas/v1alpha1, as
	// v1alpha1/*.cue. It is what a repository gets that depends on the module
	// stillsuit.dev, or on no schema at all; the repository that is this module
	// has its own.
	Schemas fs.FS
	// Catalogue holds the catalogue that comes with the program, one CUE package
	// a directory: immich/*.cue. An entry of the repository's apps/ wins over it.
	Catalogue fs.FS
	// Suppose is what every cluster is taken to have besides.
	Suppose Supposition
	// Budget bounds what evaluating a cluster may take.
	Budget Budget
	// Trace is called when a stage of the work starts, and what it returns when
	// the stage ends: "load" (read and parse) or "evaluate". It may be called
	// from several goroutines. Nil means that nobody is told.
	Trace func(stage string) (done func())
}

// Repo is a repository of CUE packages. It is a snapshot: each directory and
// file is read once, when it is first needed. It is safe for concurrent use.
type Repo struct {
	src     *source
	suppose Supposition
	trace   func(stage string) (done func())
	budget  Budget
	base    int64 // the memory that the process had at Open

	collecting atomic.Bool
	mu         sync.Mutex
	runaways   []Runaway
}

// Open returns the repository below root, which must hold cue.mod/module.cue
// and must stay open while the Repo is used.
func Open(root *os.Root, opts Options) (*Repo, error) {
	module, err := embeddedModule(opts.Schemas, opts.Catalogue)
	if err != nil {
		return nil, err
	}
	r := &Repo{src: newSource(root, module), suppose: opts.Suppose, trace: opts.Trace, budget: opts.Budget.defaults()}
	r.base, _ = memoryHeld()
	if r.trace == nil {
		r.trace = func(string) func() { return func() {} }
	}
	if _, err := r.src.read(repoMount + "/" + moduleFile); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no %s here: this is not the root of a CUE module (a repository gets one with `cue mod init example.com@v0`)", moduleFile)
	} else if err != nil {
		if r.src.bad[repoMount+"/"+moduleFile] != nil {
			return nil, fmt.Errorf("%s %w; put a copy of the module file in its place", moduleFile, bare(err))
		}
		return nil, fmt.Errorf("read %s: %w", moduleFile, bare(err))
	}
	return r, nil
}

// Clusters returns the sorted names of the directories below clusters/ that
// hold CUE files.
func (r *Repo) Clusters() ([]string, error) {
	return r.packages(repoMount + "/" + clustersDir)
}

// packages returns the sorted names of the directories below dir that hold CUE
// files; none when dir does not exist.
func (r *Repo) packages(dir string) ([]string, error) {
	entries, err := r.src.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read directory %s: %w", display(dir), bare(err))
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() || e.Type()&fs.ModeSymlink != 0 {
			files, err := r.cueFiles(dir + "/" + e.Name())
			if cannotRead(err) {
				return nil, fmt.Errorf("read directory %s: %w", display(dir+"/"+e.Name()), bare(err))
			}
			if err == nil && len(files) > 0 {
				names = append(names, e.Name())
			}
		}
	}
	slices.Sort(names)
	return names, nil
}

// firstFile is where to point in a cluster of which nothing else is known.
func (r *Repo) firstFile(cluster string) finding.Place {
	dir := repoMount + "/" + clustersDir + "/" + cluster
	if names, err := r.cueFiles(dir); err == nil && len(names) > 0 {
		return finding.Place{File: display(dir + "/" + names[0])}
	}
	return finding.Place{File: display(dir)}
}

// cueFiles returns the names of the files in dir that CUE takes into a package.
func (r *Repo) cueFiles(dir string) ([]string, error) {
	entries, err := r.src.ReadDir(dir)
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
func (r *Repo) CatalogueNames() ([]string, error) {
	own, err := r.packages(repoMount + "/" + catalogueDir)
	if err != nil {
		return nil, err
	}
	embedded, err := r.packages(moduleMount + "/" + catalogueDir)
	names := slices.Concat(own, embedded)
	slices.Sort(names)
	return slices.Compact(names), err
}

// display turns a path of the loader's file system into one for the user:
// relative to the repository's root, or below stillsuit.dev/ when it is
// embedded in the program.
func display(name string) string {
	name = strings.TrimPrefix(name, "/")
	if rest, ok := strings.CutPrefix(name, repoMount+"/"); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(name, moduleMount+"/"); ok {
		return moduleName + "/" + rest
	}
	return name
}
