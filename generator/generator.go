// Package generator makes the Kustomize tree that Flux reconciles from a
// repository's CUE. The four steps are Load, Render, Write and Verify: what is
// wrong with the input comes back as findings, and an error means that the work
// could not be done.
package generator

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"stillsuit.dev/apps"
	"stillsuit.dev/crash"
	"stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate"
	"stillsuit.dev/generator/internal/policy"
	"stillsuit.dev/generator/internal/render"
	"stillsuit.dev/generator/internal/resolve"
	"stillsuit.dev/generator/internal/resolve/scope"
	"stillsuit.dev/generator/lock"
	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/rights"
	"stillsuit.dev/generator/tree"
	"stillsuit.dev/generator/valid"
	"stillsuit.dev/schemas"
)

// Options change how a repository is opened; nil means defaults.
type Options struct {
	// Suppose is what every cluster is taken to have besides what its CUE says.
	Suppose Supposition
	// Budget bounds what evaluating the CUE of a cluster may take.
	Budget Budget
	// Kubernetes is the version that every cluster is taken to run, in place of
	// cluster.kubernetes.version: 1.36.
	Kubernetes string
	// Library holds the policies that clusters may choose, as NAME/policy.yaml with
	// NAME/native.yaml. Default: there are none.
	Library fs.FS
	// Trace is called when a stage starts, and what it returns when it ends: load,
	// evaluate, merge, render or write. It may be called from several goroutines.
	Trace func(stage string) (done func())
}

// Supposition is what a cluster is taken to have besides what its CUE says.
type Supposition = evaluate.Supposition

// Budget bounds what evaluating the CUE of a cluster may take.
type Budget = evaluate.Budget

// Runaway is a cluster whose evaluation exceeded its budget.
type Runaway = evaluate.Runaway

// Parts are some of a cluster's declarations.
type Parts = evaluate.Parts

// The budget when nobody says otherwise.
const (
	DefaultCPU    = evaluate.DefaultCPU
	DefaultMemory = evaluate.DefaultMemory
)

// Bytes writes an amount of memory as Kubernetes does, such as 4Gi.
func Bytes(n int64) string { return evaluate.Bytes(n) }

// Repo is a repository: a directory with cue.mod, clusters/ and perhaps apps/.
// Nothing outside of it is read or written.
type Repo struct {
	root    *os.Root
	cue     *evaluate.Repo
	lock    *lock.Lock
	version string // of Kubernetes, in place of the declared one
	library func(native bool) ([]policy.Policy, error)
	trace   func(stage string) (done func())
}

// Open opens the repository at dir. Close it after use.
func Open(dir string, opts *Options) (*Repo, error) {
	root, err := files.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	r := &Repo{root: root, trace: func(string) func() { return func() {} }}
	if opts == nil {
		opts = &Options{}
	}
	if opts.Trace != nil {
		r.trace = opts.Trace
	}
	r.library, r.version = readOnce(opts.Library), opts.Kubernetes
	r.cue, err = evaluate.Open(root, evaluate.Options{Schemas: schemas.FS, Catalogue: apps.FS, Suppose: opts.Suppose, Budget: opts.Budget, Trace: r.trace})
	if err == nil {
		r.lock, err = lock.Read(files.FS(root))
	}
	if err != nil {
		_ = root.Close() // the first error is the one to tell
		return nil, err
	}
	return r, nil
}

// Close releases the repository.
func (r *Repo) Close() error { return r.root.Close() }

// Clusters lists the clusters, by the names of their directories, sorted.
func (r *Repo) Clusters() ([]string, error) { return r.cue.Clusters() }

// Lock is what the repository knows of images. Do not change it.
func (r *Repo) Lock() *lock.Lock { return r.lock }

// UpdateLock lets change change what the repository knows of images, and writes it.
func (r *Repo) UpdateLock(change func(*lock.Lock)) error {
	l, err := lock.Update(r.root, change)
	if err == nil {
		r.lock = l
	}
	return err
}

// Source returns a file of the repository, or nothing when there is no such file:
// a place may be in what is compiled in.
func (r *Repo) Source(file string) []byte {
	b, err := fs.ReadFile(files.FS(r.root), file)
	if err != nil {
		return nil
	}
	return b
}

// Recover completes a Write that was interrupted, and reports whether there was
// one. Write does so itself; this is for when the input cannot be rendered.
func (r *Repo) Recover() (bool, []finding.Finding, error) { return tree.Recover(r.root) }

// CheckState finds what somebody else has put where stillsuit keeps its lock and its
// journal, such as a journal that came with a commit. It writes nothing.
func (r *Repo) CheckState() ([]finding.Finding, error) { return tree.CheckState(r.root) }

// Runaways are the clusters whose evaluation was given up because it exceeded the budget,
// and goes on until the process ends.
func (r *Repo) Runaways() []Runaway { return r.cue.Runaways() }

// Dir is the repository's directory, as it was opened.
func (r *Repo) Dir() string { return filepath.Clean(r.root.Name()) }

// Rehearse evaluates parts of a cluster, or all of it with its catalogue entries when
// parts is nil. What it finds is not reported; Runaways are what counts.
func (r *Repo) Rehearse(ctx context.Context, name string, parts Parts) {
	if parts == nil {
		_, _, _ = Load(ctx, r, name) // its findings are reported when the cluster is loaded
		return
	}
	r.cue.Rehearse(ctx, name, parts)
}

// Cluster is a cluster as its CUE declares it. It is not safe for concurrent
// use; different Clusters are.
type Cluster struct {
	*model.Desired
	name    string
	source  *source
	files   fs.FS
	lock    *lock.Lock
	library func(native bool) ([]policy.Policy, error)
	trace   func(stage string) (done func())
}

// Load evaluates the CUE of one cluster, checks it against the schemas and lays
// it over the catalogue. The Cluster is nil when findings leave nothing to render.
func Load(ctx context.Context, repo *Repo, name string) (_ *Cluster, out []finding.Finding, err error) {
	defer crash.Report(&out, &err, "loading cluster "+name, finding.Place{File: path.Join("clusters", name)})
	evaluated, findings, err := repo.cue.Cluster(ctx, name)
	if err != nil || evaluated == nil {
		return nil, finding.Sort(findings), err
	}
	defer repo.trace("merge")()
	s := &source{cluster: evaluated}
	desired, more, err := model.Load(s)
	if err != nil {
		return nil, nil, fmt.Errorf("load cluster %s: %w", name, err)
	}
	findings = finding.Sort(slices.Concat(findings, more, s.findings))
	if !Complete(findings) {
		return nil, findings, nil
	}
	if repo.version != "" {
		desired.Cluster.Kubernetes.Version = repo.version
	}
	return &Cluster{Desired: desired, name: name, source: s, files: files.FS(repo.root), lock: repo.lock, library: repo.library, trace: repo.trace}, findings, nil
}

// Complete reports whether these findings of a Load and a Render leave nothing out of what
// they make. Errors about amounts do not: the amounts are unknown, and all else can be
// judged. Nothing with an error may be written.
func Complete(findings []finding.Finding) bool {
	return !slices.ContainsFunc(findings, func(f finding.Finding) bool {
		return f.Severity == finding.Error && f.Code != valid.CodeAmount && f.Code != valid.CodeSmall && f.Code != model.CodeRegistry
	})
}

// Whole is Complete for those who need the amounts too: everything is there to be judged.
// An image from a registry that is not allowed is an error, and nothing lacks for it.
func Whole(findings []finding.Finding) bool {
	return !slices.ContainsFunc(findings, func(f finding.Finding) bool {
		return f.Severity == finding.Error && f.Code != model.CodeRegistry
	})
}

// Rendering is everything that is made for one cluster.
type Rendering struct {
	*manifest.Set
	// Tree is the set as files.
	Tree tree.Tree
	// declared are the files that the cluster's own facts were read from.
	declared []string
}

// Render makes the objects of a cluster and lays them out as files. With
// findings of severity Error the rendering lacks what could not be made. Boundaries are
// not judged here: package checks/access does that, on what was made.
func Render(c *Cluster) (_ *Rendering, out []finding.Finding, err error) {
	defer crash.Report(&out, &err, "rendering cluster "+c.name, finding.Place{File: path.Join("clusters", c.name)})
	defer c.trace("render")()
	in := scope.Inputs{Lock: c.lock, Files: c.files, Dir: path.Join("clusters", c.name)}
	if chosen := c.Desired.Cluster.Policies; chosen != nil {
		var err error
		if in.Library, err = c.library(chosen.Pods != ""); err != nil {
			return nil, nil, fmt.Errorf("read the library of policies: %w", err)
		}
	}
	set, findings, err := objects(c.Desired, in, func([]render.Piece) {})
	if err != nil {
		return nil, nil, err
	}
	laid, err := tree.Layout(set, c.sources)
	if err != nil {
		return nil, nil, fmt.Errorf("render cluster %s: %w", c.name, err)
	}
	return &Rendering{Set: set, Tree: laid, declared: c.sources([]string{"cluster"})}, findings, nil
}

// sources are the files that a value was written in. A value that many files
// share, such as all namespaces, is of the cluster's directory.
func (c *Cluster) sources(at []string) []string {
	if len(at) == 0 || len(at) == 1 && at[0] != "cluster" {
		return []string{path.Join("clusters", c.name)}
	}
	if place := c.Places.Of(at); place.File != "" {
		return []string{place.File}
	}
	return []string{path.Join("clusters", c.name)}
}

// WriteOptions are the choices of a Write; nil means defaults.
type WriteOptions = tree.WriteOptions

// Write replaces the trees of the clusters by what was rendered. It writes
// nothing when there are findings: a file that somebody edited, or that is not
// ours, is in the way. Pass every cluster of the repository, or .sops.yaml stays as it is.
func Write(repo *Repo, renderings []*Rendering, opts *WriteOptions) (_ *tree.Report, out []finding.Finding, err error) {
	defer crash.Report(&out, &err, "writing "+tree.Root, finding.Place{File: tree.Root})
	defer repo.trace("write")()
	trees, err := repo.trees(renderings)
	if err != nil {
		return nil, nil, err
	}
	return tree.Write(repo.root, trees, opts)
}

// Verify reports where the trees on disk differ from what was rendered. It
// writes nothing.
func Verify(repo *Repo, renderings []*Rendering) (out []finding.Finding, err error) {
	defer crash.Report(&out, &err, "comparing "+tree.Root, finding.Place{File: tree.Root})
	defer repo.trace("write")()
	trees, err := repo.trees(renderings)
	if err != nil {
		return nil, err
	}
	return tree.Verify(repo.root, trees)
}

// Orphans warns of trees in out, which is the repository itself or At another place,
// that belong to no cluster of the repository.
func Orphans(out *Repo) ([]finding.Finding, error) {
	clusters, err := out.Clusters()
	if err != nil {
		return nil, err
	}
	return tree.Orphans(out.root, clusters)
}

// trees are those of the renderings, and what all clusters share.
func (r *Repo) trees(renderings []*Rendering) ([]tree.Tree, error) {
	var trees []tree.Tree
	var sets []*manifest.Set
	declared := map[*manifest.Set][]string{}
	for _, rendering := range renderings {
		trees = append(trees, rendering.Tree)
		sets = append(sets, rendering.Set)
		declared[rendering.Set] = rendering.declared
	}
	clusters, err := r.Clusters()
	if err != nil || len(clusters) != len(renderings) {
		return trees, err
	}
	shared, err := tree.SOPS(sets, func(s *manifest.Set) []string { return declared[s] })
	return append(trees, shared), err
}

// Codes documents every finding that the generator makes, and crash.Code.
func Codes() []finding.CodeDoc {
	return slices.Concat(crash.Codes(), evaluate.Codes(), model.Codes(), valid.Codes(), rights.Codes(), resolve.Codes(), tree.Codes())
}

// At returns the repository with dir, which must exist, as the place where
// trees are written. Close both after use.
func (r *Repo) At(dir string) (*Repo, error) {
	root, err := files.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	out := *r
	out.root = root
	return &out, nil
}
