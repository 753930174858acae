package evaluate

import (
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

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
	src     *source.Repository
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
func Open(root *os.Root, opts Options) (*Repo, error) { return openWith(root, opts, files.Open) }

// openWith is Open of a repository whose files are opened by open.
func openWith(root *os.Root, opts Options, open source.Opener) (*Repo, error) {
	src, err := source.Open(root, open, opts.Schemas, opts.Catalogue)
	if err != nil {
		return nil, err
	}
	r := &Repo{src: src, suppose: opts.Suppose, trace: opts.Trace, budget: opts.Budget.defaults()}
	r.base, _ = memoryHeld()
	if r.trace == nil {
		r.trace = func(string) func() { return func() {} }
	}
	return r, nil
}

// Clusters returns the sorted names of the directories below clusters/ that
// hold CUE files.
func (r *Repo) Clusters() ([]string, error) {
	return r.src.Packages(source.RepoMount + "/" + source.ClustersDir)
}

// firstFile is where to point in a cluster of which nothing else is known.
func (r *Repo) firstFile(cluster string) finding.Place {
	dir := source.RepoMount + "/" + source.ClustersDir + "/" + cluster
	if names, err := r.src.CUEFiles(dir); err == nil && len(names) > 0 {
		return finding.Place{File: source.Display(dir + "/" + names[0])}
	}
	return finding.Place{File: source.Display(dir)}
}

// CatalogueNames returns the sorted names of the catalogue's entries: those of
// the repository's apps/ and those that come with the program.
func (r *Repo) CatalogueNames() ([]string, error) { return r.src.CatalogueNames() }
