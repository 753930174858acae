package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"

	"stillsuit.dev/checks"
	"stillsuit.dev/cmd/stillsuit/usage"
	"stillsuit.dev/crash"
	"stillsuit.dev/files"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/generator/valid"
	"stillsuit.dev/inventory"
	"stillsuit.dev/sources/flux"
)

// trees checks the clusters below a directory, each by itself where there are several, or what
// is in it.
func (flags checkFlags) trees(ctx context.Context, dir, tree string, options *checks.Options) (checked, error) {
	root, rel, err := rootOf(dir, tree)
	if err != nil {
		return checked{}, err
	}
	defer root.Close()
	clusters, err := flux.Clusters(root, rel)
	if err != nil || len(clusters) < 2 {
		return flags.tree(ctx, dir, tree, options)
	}
	var all checked
	var sources []func(string) []byte
	for _, cluster := range clusters {
		found, err := flags.tree(ctx, dir, filepath.Join(root.Name(), filepath.FromSlash(cluster)), options)
		if err != nil {
			return all, err
		}
		all.findings, all.short = append(all.findings, found.findings...), all.short || found.short
		all.covered.With(found.covered)
		sources = append(sources, found.source)
	}
	all.findings = finding.Sort(all.findings)
	all.source = func(file string) []byte {
		for _, source := range sources {
			if b := source(file); b != nil {
				return b
			}
		}
		return nil
	}
	return all, nil
}

// tree checks the tree in a directory, which is relative to dir.
func (flags checkFlags) tree(ctx context.Context, dir, tree string, options *checks.Options) (checked, error) {
	if os.Getenv("GOGC") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(flux.GCPercent))
	}
	root, rel, err := rootOf(dir, tree)
	if err != nil {
		return checked{}, err
	}
	defer root.Close()
	read := &flux.Options{NodesFile: flags.nodes, SuppressFile: flags.suppress}
	findings, err := declaredNodes(ctx, dir, flags.nodes, read)
	if flags.kubernetes != "" {
		read.Minor = (model.Kubernetes{Version: flags.kubernetes}).Minor()
	}
	if err != nil || findings != nil {
		found := &inventory.Subject{Name: flags.nodes}
		for _, f := range findings {
			found.Found = append(found.Found, inventory.Found{Finding: f})
		}
		return checked{findings: checks.Found(found, finding.Place{File: path.Join("clusters", flags.nodes)}, isError, options), short: true}, err
	}
	if read.Declared == nil {
		if read.Nodes, err = given(dir, "--nodes", flags.nodes); err != nil {
			return checked{}, err
		}
	}
	if read.Suppress, err = given(dir, "--suppress", flags.suppress); err != nil {
		return checked{}, err
	}
	subject, findings, err := flux.Read(root, rel, read)
	if err != nil {
		return checked{}, err
	}
	opts := *options
	opts.Before = slices.Concat(flux.Codes(), valid.Codes())
	whole := generator.Whole(findings) // with errors, objects are missing
	found, err := checks.Run(subject, flags.checkers, &opts)
	if err != nil {
		return checked{}, err
	}
	found = append(found, checks.Incomplete(subject, found, finding.Place{File: subject.Name}, isError)...)
	out := checked{findings: finding.Sort(found), short: !whole || crash.Any(found)}
	out.source = sourcesOf(out.findings, func(file string) []byte {
		b, err := fs.ReadFile(files.FS(root), file)
		if err != nil {
			return nil // then no line of it is shown
		}
		return b
	})
	return out, out.covered.Add(subject.Name, subject, !out.short)
}

func isError(f finding.Finding) bool { return f.Severity == finding.Error }

// declaredNodes reads the nodes of a cluster of the repository that dir is in, when it
// has one of that name. Findings mean that its CUE says nothing.
func declaredNodes(ctx context.Context, dir, name string, into *flux.Options) ([]finding.Finding, error) {
	if !isCluster(dir, name) {
		return nil, nil
	}
	repo, err := openRepository(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer repo.Close()
	cluster, findings, err := generator.Load(ctx, repo, name)
	settle(ctx, repo)
	if worst, _ := finding.Worst(findings); err != nil || cluster == nil || worst == finding.Error {
		return findings, err
	}
	into.Declared, into.Places = inventory.DeclaredNodes(cluster.Desired)
	into.Minor = cluster.Desired.Cluster.Kubernetes.Minor()
	return nil, nil
}

// given reads a file that a flag names, if it does.
func given(dir, flag, name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	name = from(dir, name)
	b, err := files.Read(name)
	switch {
	case flag == "--nodes" && errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("read --nodes: there is no file or cluster %s", name)
	case err != nil:
		return nil, fmt.Errorf("read %s: %w", flag, err)
	}
	return b, nil
}

// rootOf opens the repository that a directory is in, the nearest one upward with
// .git, or else the directory itself, and returns where in it that is.
func rootOf(dir, tree string) (*os.Root, string, error) {
	if !isDirectory(dir, tree) {
		if err := usage.Unreadable(from(dir, tree), tree, nil); err != nil {
			return nil, "", err
		}
	}
	tree, err := filepath.Abs(from(dir, tree))
	if err == nil {
		tree, err = filepath.EvalSymlinks(tree)
	}
	if err != nil {
		return nil, "", fmt.Errorf("open directory: %w", err)
	}
	top := tree
	for at := tree; ; at = filepath.Dir(at) {
		_, err := os.Lstat(filepath.Join(at, ".git"))
		if err == nil {
			top = at
			break
		}
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) || at == filepath.Dir(at) {
			break
		}
	}
	root, err := files.OpenRoot(top)
	if err != nil {
		return nil, "", fmt.Errorf("open directory: %w", err)
	}
	rel, err := filepath.Rel(top, tree)
	return root, filepath.ToSlash(rel), err
}
